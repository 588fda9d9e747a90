import { beforeAll, expect, test } from 'vitest'
import { concat, utf8Decode, utf8Encode } from '../../base/bytes.ts'
import { SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { ADDRESS, Pair, Person } from './test-pair.ts'
import { readToxId } from './tox-id.ts'

beforeAll(() => sodiumReady)

const HELLO = utf8Encode('Hello, please add me')

test('a request that knows the nospam is shown once, accepted, and both come online', () => {
  const { alice, bob, now, whole } = spread(new Pair())
  expect(alice.messenger.addFriend(bob.messenger.toxId(), HELLO, now)).toEqual({ kind: 'added' })
  const request = alice.onion.requests[0]
  expect(request?.realKey.equals(bob.key)).toBe(true)
  for (let repeat = 0; repeat < 3; repeat += 1) deliverRequest(alice, bob)
  expect(bob.of('friendRequest')).toHaveLength(1)
  expect(utf8Decode(bob.last('friendRequest').message)).toBe('Hello, please add me')
  expect(bob.messenger.acceptFriend(alice.key, now)).toEqual({ kind: 'added' })
  expect(alice.messenger.friend(bob.key, now)?.isConfirmed).toBe(false)
  whole.establish()
  whole.settle()
  expect(alice.of('friendOnline')).toHaveLength(1)
  expect(bob.of('friendOnline')).toHaveLength(1)
  expect(alice.messenger.friend(bob.key, now)).toMatchObject({ isOnline: true, isConfirmed: true })
  expect(utf8Decode(alice.last('nameChanged').name)).toBe('Bob')
})

test('a request with another nospam is dropped, and so is one from a friend', () => {
  const { alice, bob, now } = spread(new Pair())
  alice.messenger.addFriend(bob.messenger.toxId(), HELLO, now)
  bob.messenger.setNospam(Uint8Array.of(9, 9, 9, 9))
  deliverRequest(alice, bob)
  expect(bob.of('friendRequest')).toHaveLength(0)
  const { alice: carol, bob: dave } = Pair.online()
  carol.messenger.handleOnionEvent(
    { kind: 'friendRequest', sender: dave.key, nospam: nospamOf(carol), message: HELLO },
    now,
  )
  carol.collect()
  expect(carol.of('friendRequest')).toHaveLength(0)
})

test('remembers the last 32 requesters and no more', () => {
  const { bob } = new Pair()
  const strangers = Array.from({ length: 40 }, (_, index) => new Person('Stranger', 100 + index, 0).key)
  const ask = (sender: (typeof strangers)[number]) =>
    bob.messenger.handleOnionEvent({ kind: 'friendRequest', sender, nospam: nospamOf(bob), message: HELLO }, 0)
  for (const sender of strangers) ask(sender)
  bob.collect()
  expect(bob.of('friendRequest')).toHaveLength(40)
  for (const sender of strangers.slice(8)) ask(sender)
  bob.collect()
  expect(bob.of('friendRequest')).toHaveLength(40)
  for (const sender of strangers.slice(0, 8)) ask(sender)
  bob.collect()
  expect(bob.of('friendRequest')).toHaveLength(48)
})

test('says in the order of c-toxcore: online, online again, alive, name, status message, status, typing', () => {
  const { alice, bob, now } = spread(new Pair())
  alice.messenger.acceptFriend(bob.key, now)
  alice.netCrypto.establish(bob.key, bob.dhtKey, ADDRESS)
  alice.handOne(now)
  expect(alice.netCrypto.takeSentIds()).toEqual([24])
  alice.messenger.handleNetCryptoEvent({ kind: 'data', realKey: bob.key, data: Uint8Array.of(24) }, now)
  expect(alice.netCrypto.takeSentIds()).toEqual([24, 16, 48, 49, 50, 51])
})

test('hears nothing before the friend has said online', () => {
  const { alice, bob, now } = spread(new Pair())
  alice.messenger.acceptFriend(bob.key, now)
  alice.netCrypto.establish(bob.key, bob.dhtKey, ADDRESS)
  alice.handOne(now)
  const hear = (...data: number[]) =>
    alice.messenger.handleNetCryptoEvent({ kind: 'data', realKey: bob.key, data: Uint8Array.from(data) }, now)
  for (const packet of [
    [64, 65],
    [48, 65],
    [51, 1],
    [184, 1],
    [80, 0],
  ])
    hear(...packet)
  hear(24, 0) // not an online packet: it has a body
  hear(64, 65)
  alice.collect()
  expect(alice.news.filter(({ kind }) => kind !== 'changed')).toEqual([])
  expect(alice.messenger.sendMessage(bob.key, 'message', HELLO, now)).toEqual({ kind: 'offline' })
  hear(24)
  hear(64, 65)
  alice.collect()
  expect(alice.of('message')).toHaveLength(1)
})

test('profile changes reach the friend, and only changes are news', () => {
  const { alice, bob, now, whole } = spread(Pair.online())
  bob.news.length = 0
  alice.messenger.setName(utf8Encode('Älice 🐇'), now)
  alice.messenger.setStatusMessage(utf8Encode('s'.repeat(1_007)), now)
  alice.messenger.setStatus('busy', now)
  alice.messenger.setStatus('busy', now)
  alice.messenger.setTyping(bob.key, true, now)
  alice.messenger.setTyping(bob.key, true, now)
  whole.settle()
  expect(utf8Decode(bob.last('nameChanged').name)).toBe('Älice 🐇')
  expect(bob.last('statusMessageChanged').statusMessage).toHaveLength(1_007)
  expect(bob.of('statusChanged').map(({ status }) => status)).toEqual(['busy'])
  expect(bob.of('typingChanged').map(({ isTyping }) => isTyping)).toEqual([true])
})

test('messages and actions pass at their limits, as the bytes they are, with receipts in order', () => {
  const { alice, bob, now, whole } = spread(Pair.online())
  const texts = [Uint8Array.of(0), utf8Encode('žluťoučký 🦄 '.repeat(60)), new Uint8Array(1_372).fill(0xff)]
  const ids = texts.flatMap((text) =>
    (['message', 'action'] as const).map((kind) => {
      const outcome = alice.messenger.sendMessage(bob.key, kind, text, now)
      return outcome.kind === 'sent' ? outcome.receiptId : outcome.kind
    }),
  )
  whole.settle()
  expect(bob.of('message').map(({ text }) => text)).toEqual(texts.flatMap((text) => [text, text]))
  expect(bob.of('message').map(({ messageKind }) => messageKind)).toEqual(texts.flatMap(() => ['message', 'action']))
  expect(alice.of('receipt').map(({ receiptId }) => receiptId)).toEqual(ids)
  const send = (length: number) => alice.messenger.sendMessage(bob.key, 'message', new Uint8Array(length), now).kind
  expect([send(0), send(1_373)]).toEqual(['empty', 'tooLong'])
})

test('500 messages in a burst arrive once each, in order, each with its receipt', () => {
  const { alice, bob, now, whole } = spread(Pair.online())
  const texts = Array.from({ length: 500 }, (_, index) => `message ${index}`)
  for (const text of texts) alice.messenger.sendMessage(bob.key, 'message', utf8Encode(text), now)
  whole.settle()
  expect(bob.of('message').map(({ text }) => utf8Decode(text))).toEqual(texts)
  expect(new Set(alice.of('receipt').map(({ receiptId }) => receiptId)).size).toBe(500)
})

test('custom packets keep their place among the messages', () => {
  const { alice, bob, now, whole } = spread(Pair.online())
  const custom = concat(Uint8Array.of(184), new Uint8Array(1_372))
  alice.messenger.sendMessage(bob.key, 'message', utf8Encode('before'), now)
  expect(alice.messenger.sendCustom(bob.key, custom, now)).toMatchObject({ kind: 'sent' })
  alice.messenger.sendMessage(bob.key, 'message', utf8Encode('after'), now)
  bob.messenger.sendCustom(alice.key, Uint8Array.of(160), now)
  bob.messenger.sendCustom(alice.key, Uint8Array.of(191, 1), now)
  whole.settle()
  const kinds = bob.news.filter(({ kind }) => kind === 'message' || kind === 'custom').map(({ kind }) => kind)
  expect(kinds).toEqual(['message', 'custom', 'message'])
  expect(bob.last('custom').data).toEqual(custom)
  expect(alice.of('custom').map(({ data }) => [...data])).toEqual([[160], [191, 1]])
  expect(alice.of('receipt')).toHaveLength(3)
  expect(alice.messenger.sendCustom(bob.key, new Uint8Array(1_374).fill(184), now)).toEqual({ kind: 'tooLong' })
  expect(alice.messenger.sendCustom(bob.key, new Uint8Array(0), now)).toEqual({ kind: 'empty' })
})

test('a disconnect hands back what was not acknowledged, and a later message gets a new id', () => {
  const { alice, bob, now, whole } = spread(Pair.online())
  const first = alice.messenger.sendMessage(bob.key, 'message', utf8Encode('one'), now)
  whole.settle()
  alice.netCrypto.bulkWindow = 0
  const lost = [2, 3].map(() => alice.messenger.sendMessage(bob.key, 'message', utf8Encode('lost'), now))
  alice.netCrypto.cut(bob.key, 'timeout')
  alice.handOne(now)
  expect(alice.last('unreceipted').receiptIds).toEqual(
    lost.map((outcome) => 'receiptId' in outcome && outcome.receiptId),
  )
  expect(alice.of('receipt').map(({ receiptId }) => receiptId)).toEqual(
    [first].map((o) => 'receiptId' in o && o.receiptId),
  )
  expect(alice.last('friendOffline').friend.equals(bob.key)).toBe(true)
  expect(alice.messenger.sendMessage(bob.key, 'message', utf8Encode('x'), now)).toEqual({ kind: 'offline' })
  bob.netCrypto.events.length = 0
  bob.netCrypto.cut(alice.key, 'timeout')
  whole.establish()
  whole.settle()
  const again = alice.messenger.sendMessage(bob.key, 'message', utf8Encode('again'), now)
  expect(again).toMatchObject({ kind: 'sent' })
  whole.settle()
  expect(alice.last('receipt').receiptId).toBe('receiptId' in again && again.receiptId)
})

test('a full send buffer refuses the message, and is asked again for what is owed', () => {
  const { alice, bob, now, whole } = spread(Pair.online())
  alice.netCrypto.hasRoom = false
  expect(alice.messenger.sendMessage(bob.key, 'message', HELLO, now)).toEqual({ kind: 'full' })
  alice.messenger.setName(utf8Encode('New'), now)
  whole.pass(200)
  expect(bob.of('nameChanged')).toHaveLength(1)
  alice.netCrypto.hasRoom = true
  whole.pass(200)
  expect(utf8Decode(bob.last('nameChanged').name)).toBe('New')
})

test('alive goes out every 8 s and keeps both online; 32 s of silence end it', () => {
  const { alice, bob, whole } = spread(Pair.online())
  alice.netCrypto.takeSentIds()
  whole.pass(80 * SECOND_MS)
  expect(alice.netCrypto.takeSentIds()).toEqual(Array.from({ length: 10 }, () => 16))
  expect(alice.of('friendOffline')).toHaveLength(0)
  const silenceFrom = whole.now
  bob.netCrypto.hasRoom = false
  whole.pass(31 * SECOND_MS)
  expect(alice.of('friendOffline')).toHaveLength(0)
  whole.pass(silenceFrom + 33 * SECOND_MS - whole.now)
  expect(alice.of('friendOffline')).toHaveLength(1)
  expect(bob.of('friendOffline')).toHaveLength(1)
})

test('other packets than alive do not hold off the time-out', () => {
  const { alice, bob, now, whole } = spread(Pair.online())
  const messages = () =>
    alice.messenger.handleNetCryptoEvent({ kind: 'data', realKey: bob.key, data: Uint8Array.of(64, 65) }, whole.now)
  for (let second = 0; second < 40; second += 1) {
    whole.now = now + second * SECOND_MS
    messages()
    alice.messenger.handleTimeout(whole.now)
  }
  alice.collect()
  expect(alice.of('friendOffline')).toHaveLength(1)
})

test('leaving kills every connection, and nothing is heard or tried afterwards', () => {
  const { alice, bob, whole } = spread(Pair.online())
  alice.messenger.leave(whole.now)
  alice.netCrypto.calls.length = 0
  whole.settle()
  expect(bob.of('friendOffline')).toHaveLength(1)
  whole.pass(300 * SECOND_MS)
  expect(alice.netCrypto.calls).toEqual([])
  expect(alice.messenger.nextTimeout()).toBeUndefined()
  expect(alice.dht.searches.size).toBe(0)
})

test('a friend who says offline without closing is offline until they say online again', () => {
  const { alice, bob, now } = spread(Pair.online())
  const hear = (id: number) =>
    alice.messenger.handleNetCryptoEvent({ kind: 'data', realKey: bob.key, data: Uint8Array.of(id) }, now)
  hear(25)
  alice.collect()
  expect(alice.messenger.friend(bob.key, now)?.isOnline).toBe(false)
  hear(25)
  hear(24)
  alice.collect()
  expect(alice.of('friendOffline')).toHaveLength(1)
  expect(alice.of('friendOnline')).toHaveLength(2)
})

test('removing a friend says offline, closes all below, and lets a new request of theirs through', () => {
  const { alice, bob, now, whole } = spread(Pair.online())
  expect(alice.messenger.removeFriend(bob.key, now)).toBe(true)
  expect(alice.messenger.removeFriend(bob.key, now)).toBe(false)
  whole.settle()
  expect(alice.netCrypto.sent.at(-1)).toEqual(Uint8Array.of(25))
  expect(alice.netCrypto.allowed.size).toBe(0)
  expect(alice.onion.calls.at(-1)).toBe('remove')
  expect(alice.dht.searches.size).toBe(0)
  expect(bob.of('friendOffline')).toHaveLength(1)
  alice.messenger.handleOnionEvent(
    { kind: 'friendRequest', sender: bob.key, nospam: nospamOf(alice), message: HELLO },
    now,
  )
  alice.collect()
  expect(alice.of('friendRequest')).toHaveLength(1)
})

test('someone who was accepted and removed may ask again', () => {
  const { alice, bob, now } = spread(new Pair())
  alice.messenger.addFriend(bob.messenger.toxId(), HELLO, now)
  deliverRequest(alice, bob)
  bob.messenger.acceptFriend(alice.key, now)
  deliverRequest(alice, bob)
  expect(bob.of('friendRequest')).toHaveLength(1)
  bob.messenger.removeFriend(alice.key, now)
  deliverRequest(alice, bob)
  expect(bob.of('friendRequest')).toHaveLength(2)
})

test('refuses to add what cannot be a friend, each with its reason', () => {
  const { alice, bob, now } = spread(new Pair())
  const add = (toxId: Uint8Array, message = HELLO) => alice.messenger.addFriend(toxId, message, now).kind
  const id = bob.messenger.toxId()
  const flipped = id.slice()
  flipped[37] = (flipped[37] ?? 0) ^ 1
  expect(add(flipped)).toBe('badChecksum')
  expect(add(id.subarray(1))).toBe('badChecksum')
  expect(add(alice.messenger.toxId())).toBe('ownId')
  expect(add(id, new Uint8Array(0))).toBe('emptyMessage')
  expect(add(id, new Uint8Array(922))).toBe('messageTooLong')
  expect(add(id, new Uint8Array(921))).toBe('added')
  expect(add(id)).toBe('alreadyFriend')
  bob.messenger.setNospam(Uint8Array.of(1, 2, 3, 4))
  expect(add(bob.messenger.toxId())).toBe('newNospam')
  expect(alice.onion.requests.at(-1)?.nospam).toEqual(Uint8Array.of(1, 2, 3, 4))
  expect(alice.messenger.friends(now)).toHaveLength(1)
  expect(alice.messenger.acceptFriend(alice.key, now)).toEqual({ kind: 'ownId' })
  expect(alice.messenger.acceptFriend(bob.key, now)).toEqual({ kind: 'alreadyFriend' })
})

test('the snapshot starts an equal Messenger, which repeats unanswered requests', () => {
  const { alice, bob, now, whole } = spread(Pair.online())
  const carol = new Person('Carol', 77, now)
  alice.messenger.addFriend(carol.messenger.toxId(), HELLO, now)
  bob.messenger.setStatus('away', now)
  whole.settle()
  const saved = alice.messenger.snapshot(whole.now)
  const again = new Person('', 99, now, saved)
  expect(again.messenger.toxId()).toEqual(alice.messenger.toxId())
  expect(again.messenger.snapshot(now)).toEqual(saved)
  expect(again.onion.requests.map(({ message }) => utf8Decode(message))).toEqual([utf8Decode(HELLO)])
  const friend = again.messenger.friend(bob.key, now)
  expect(friend).toMatchObject({ isOnline: false, isConfirmed: true, status: 'away', lastSeenAt: whole.now })
  expect(utf8Decode(friend?.name ?? new Uint8Array())).toBe('Bob')
})

test('a new connection in place of one that stands ends the old one first', () => {
  const { alice, bob, now } = spread(Pair.online())
  alice.netCrypto.establish(bob.key, bob.dhtKey, ADDRESS)
  alice.handOne(now)
  expect(alice.of('friendOffline')).toHaveLength(1)
  alice.messenger.handleNetCryptoEvent({ kind: 'data', realKey: bob.key, data: Uint8Array.of(24) }, now)
  alice.collect()
  expect(alice.of('friendOnline')).toHaveLength(2)
})

test('onion news of being connected is passed on', () => {
  const { alice } = new Pair()
  alice.messenger.handleOnionEvent({ kind: 'connected', isConnected: true }, 0)
  alice.collect()
  expect(alice.messenger.isConnected).toBe(true)
  expect(alice.last('connected').isConnected).toBe(true)
})

test('events about strangers are ignored', () => {
  const { alice, bob, now } = spread(new Pair())
  alice.messenger.handleNetCryptoEvent(
    { kind: 'established', realKey: bob.key, dhtKey: bob.dhtKey, address: ADDRESS },
    now,
  )
  alice.messenger.handleOnionEvent({ kind: 'friendDhtKey', realKey: bob.key, dhtKey: bob.dhtKey, nodes: [] }, now)
  alice.messenger.handleDhtEvent({ kind: 'friendAddress', dhtKey: bob.dhtKey, address: ADDRESS }, now)
  alice.collect()
  expect(alice.news).toEqual([])
  expect(alice.netCrypto.calls).toEqual([])
})

function spread(whole: Pair) {
  return { whole, alice: whole.alice, bob: whole.bob, now: whole.now }
}

function nospamOf(person: Person): Uint8Array {
  return readToxId(person.messenger.toxId())?.nospam ?? new Uint8Array(4)
}

function deliverRequest(from: Person, to: Person): void {
  const request = from.onion.requests.at(-1)
  if (!request) throw new Error('nothing was asked')
  to.messenger.handleOnionEvent(
    { kind: 'friendRequest', sender: from.key, nospam: request.nospam, message: request.message },
    0,
  )
  to.collect()
}
