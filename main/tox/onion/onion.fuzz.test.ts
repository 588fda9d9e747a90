import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { fuzzCaseCount, propertySeed } from '../../base/test-seed.ts'
import { HOUR_MS } from '../../base/time.ts'
import { open, randomNonce, seal } from '../../crypto/box.ts'
import { createKeyPair, PublicKey } from '../../crypto/keys.ts'
import { SharedKeys } from '../../crypto/shared-keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import {
  announceRequest,
  announceRequestPlain,
  announceResponse,
  announceResponsePlain,
  dataRequest,
  dhtKeyAnnounce,
  friendRequestData,
} from '../../wire/announce-packets.ts'
import { decode, encode } from '../../wire/codec.ts'
import { onionReturn3 } from '../../wire/onion-packets.ts'
import { ANNOUNCEMENTS_MAX } from './announce-store.ts'
import { OnionNet, type OnionPeer } from './test-onion-net.ts'

await sodiumReady

const PACKET_IDS = [0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x8c, 0x8d, 0x8e]
/** Each kind of step gets as many cases as are asked for, spread over runs of so many steps of all kinds. */
const STEP_KINDS = 6
const STEPS_MEAN = 80
const STEPS_MIN = 60
const STEPS_MAX = 100
const STRANGER = new Address(Uint8Array.of(8, 8, 8, 8), 33_445)

/** What a step may use: a net in which a client lives between two relays, the second of which is hostile. */
interface Scene {
  readonly net: OnionNet
  readonly victim: OnionPeer
  readonly evil: OnionPeer
}

type Step = (scene: Scene) => void

const bytesUpTo = (maxLength: number, minLength = 0) => fc.uint8Array({ minLength, maxLength, size: 'max' })
const address = fc
  .tuple(fc.oneof(bytesUpTo(4, 4), bytesUpTo(16, 16)), fc.integer({ min: 0, max: 0xffff }))
  .map(([ip, port]) => new Address(ip, port))
const key = fc.oneof(fc.constant(new Uint8Array(32)), bytesUpTo(32, 32)).map((bytes) => new PublicKey(bytes))
const node = fc.record({ publicKey: key, address })

/** Noise under an id of the onion. */
const noise: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom(...PACKET_IDS), bytesUpTo(1_450), fc.constantFrom(STRANGER, undefined))
  .map(([id, rest, from]) => ({ victim, evil, net }) => {
    victim.handlePacket(Uint8Array.of(id, ...rest), from ?? evil.node.address, net.now)
  })

/** Layers that open, and hold anything. */
const layers: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom(0x80, 0x81, 0x82), bytesUpTo(1_200), address, fc.boolean())
  .map(([id, rest, to, isAddressed]) => ({ victim, net }) => {
    const keys = createKeyPair(net.random)
    const shared = new SharedKeys(keys.secretKey).get(victim.node.publicKey)
    if (!shared) return
    const nonce = randomNonce(net.random)
    const family = to.isIpv4 ? 2 : 10
    const ip = Uint8Array.of(...to.ip, ...new Uint8Array(16 - to.ip.length))
    const head = isAddressed ? Uint8Array.of(family, ...ip, to.port >> 8, to.port & 0xff) : new Uint8Array(0)
    const sealed = seal(shared, nonce, Uint8Array.of(...head, ...rest))
    const tail = new Uint8Array(id === 0x80 ? 0 : id === 0x81 ? 59 : 118)
    victim.handlePacket(Uint8Array.of(id, ...nonce, ...keys.publicKey.bytes, ...sealed, ...tail), STRANGER, net.now)
  })

/** Announcing and searching by strangers, half of them with the ping id that they were given. */
const announcing: fc.Arbitrary<Step> = fc
  .tuple(key, bytesUpTo(32, 32), bytesUpTo(177, 177), fc.boolean())
  .map(([searchKey, dataKey, onionReturn, isReal]) => ({ victim, net }) => {
    const keys = createKeyPair(net.random)
    const shared = new SharedKeys(keys.secretKey).get(victim.node.publicKey)
    if (!shared) return
    let pingId: Uint8Array = new Uint8Array(32)
    for (let round = 0; round < 2; round += 1) {
      const nonce = randomNonce(net.random)
      const plain = { pingId, searchKey: isReal ? keys.publicKey : searchKey, dataKey, sendback: new Uint8Array(8) }
      const sealed = seal(shared, nonce, encode(announceRequestPlain, plain))
      let answer: Uint8Array | undefined
      const stopWatching = net.watch((bytes) => {
        answer = bytes
      })
      const request = encode(announceRequest, { nonce, requestKey: keys.publicKey, sealed, onionReturn })
      victim.handlePacket(request, STRANGER, net.now)
      stopWatching()
      const response = decode(announceResponse, decode(onionReturn3, answer ?? new Uint8Array(0)).data)
      const opened = open(shared, response.nonce, response.sealed) ?? new Uint8Array(0)
      pingId = decode(announceResponsePlain, opened).pingIdOrKey.slice()
    }
    const data = { receiverKey: keys.publicKey, nonce: new Uint8Array(24), temporaryKey: searchKey, sealed: dataKey }
    victim.handlePacket(encode(dataRequest, { ...data, onionReturn }), STRANGER, net.now)
  })

/** The hostile relay's announce store answers with whatever it likes from now on. */
const lying: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom(0, 1, 2) as fc.Arbitrary<0 | 1 | 2>, bytesUpTo(32, 32), fc.array(node, { maxLength: 4 }))
  .map(([isStored, pingIdOrKey, nodes]) => ({ evil }) => {
    evil.lie = { isStored, pingIdOrKey, nodes }
  })

/** Well-sealed data of a real key, holding anything. */
const dataOfFriends: fc.Arbitrary<Step> = fc
  .oneof(
    bytesUpTo(300),
    bytesUpTo(300, 1).map((message) => encode(friendRequestData, { nospam: new Uint8Array(4), message })),
    fc
      .tuple(fc.nat(), key, fc.array(fc.tuple(node, fc.boolean()), { maxLength: 4 }))
      .map(([noReplay, dhtKey, nodes]) =>
        encode(dhtKeyAnnounce, { noReplay, dhtKey, nodes: nodes.map(([one, isTcp]) => ({ ...one, isTcp })) }),
      ),
  )
  .map((plain) => ({ victim, evil, net }) => {
    const shared = evil.realKeys && new SharedKeys(evil.realKeys.secretKey).get(victim.realKey)
    if (!shared) return
    const nonce = randomNonce(net.random)
    const data = Uint8Array.of(...evil.realKey.bytes, ...nonce, ...seal(shared, nonce, plain))
    victim.onion.handleDhtPkAnnounce(evil.node.publicKey, data, net.now)
    victim.onion.handleDhtPkAnnounce(evil.node.publicKey, plain, net.now)
  })

const friendship: fc.Arbitrary<Step> = fc
  .tuple(key, fc.integer({ min: 0, max: 5 }))
  .map(([realKey, what]) => ({ victim: { onion }, net: { now } }) => {
    if (what === 0) onion.addFriend(realKey, now)
    if (what === 1) onion.removeFriend(realKey)
    if (what === 2) onion.setFriendOnline(realKey, true, now)
    if (what === 3) onion.setFriendOnline(realKey, false, now)
    if (what === 4) onion.setFriendDhtKey(realKey, realKey, now)
    if (what === 5) onion.sendFriendRequest(realKey, new Uint8Array(4), Uint8Array.of(1), now)
  })

const time: fc.Arbitrary<Step> = fc.constantFrom(100, 1_000, 20_000).map((ms) => ({ net }) => {
  net.run(ms)
})

const leap: fc.Arbitrary<Step> = fc.constantFrom(HOUR_MS, 3 * HOUR_MS).map((ms) => ({ net }) => {
  net.now += ms
  net.run(20)
})

/**
 * Goal: no input makes a machine throw or send without measure, and no table outgrows its bound.
 * Method: a client, which is a relay and store too, gets noise, well-sealed nonsense and lies, in any order and with
 * leaps of time; the wire rethrows whatever is not a DecodeError of the outermost packet.
 */
test('survives hostile input in any order', () => {
  // A net that found itself costs as much as a hundred steps, and hours that pass as much as twenty: few of either.
  const step = fc.oneof(
    ...[noise, layers, announcing, lying, dataOfFriends, friendship].map((arbitrary) => ({ arbitrary, weight: 20 })),
    { arbitrary: time, weight: 3 },
    { arbitrary: leap, weight: 1 },
  )
  fc.assert(
    fc.property(fc.array(step, { minLength: STEPS_MIN, maxLength: STEPS_MAX, size: 'max' }), (steps) => {
      const scene = sceneOf()
      for (const act of steps) act(scene)
      const { victim, net } = scene
      expect(victim.store.count(net.now)).toBeLessThanOrEqual(ANNOUNCEMENTS_MAX)
      expect(victim.events().length).toBeLessThanOrEqual(256)
    }),
    { seed: propertySeed(), numRuns: Math.ceil((fuzzCaseCount() * STEP_KINDS) / STEPS_MEAN) },
  )
})

test('one datagram causes at most one datagram from a relay and announce store', () => {
  fc.assert(
    fc.property(fc.oneof(noise, layers), (act) => {
      const net = new OnionNet({ seed: 1 })
      const scene = { net, evil: net.addRelay(), victim: net.addRelay() }
      let sent = 0
      net.watch(() => {
        sent += 1
      })
      act(scene)
      expect(sent).toBeLessThanOrEqual(1)
    }),
    { seed: propertySeed(), numRuns: fuzzCaseCount() },
  )
})

function sceneOf(): Scene {
  const net = new OnionNet({ seed: 1 })
  net.addRelay()
  const evil = net.addClient(true)
  const victim = net.addClient(true)
  victim.onion.addFriend(evil.realKey, net.now)
  net.run(300)
  return { net, victim, evil }
}
