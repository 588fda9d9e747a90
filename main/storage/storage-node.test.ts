import { beforeAll, describe as group, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/time.ts'
import { SigningKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode, encode } from '../wire/codec.ts'
import {
  DELETE_OUTCOME,
  deleteCommand,
  deleted,
  fetchCommand,
  fetchedRecord,
  getCommand,
  listing,
  mailboxRequest,
  signedProofRequest,
  standing,
  STORAGE_KIND,
} from '../wire/storage-packets.ts'
import { PAID_OPERATION, PAYMENTS_MAX, PROOF_ALGORITHM, receipt, renewDeposit } from '../wire/storage-proof.ts'
import { renewClaim } from './claim.ts'
import { signMailboxRequest } from './mailbox-request.ts'
import { isReceiptAuthentic } from './receipt.ts'
import { cancelledEntry, collectedEntry, recordIdOf, signHeader, signRenewal } from './record.ts'
import { TEST_FORMULA, TEST_NOW } from './test-deposits.ts'
import { claimFor, decodedChallenge, describe, TestStorageNode } from './test-storage-node.ts'

beforeAll(() => sodiumReady)

const NOW = TEST_NOW
const ALL = { fromSlot: 0, wantsBody: true, known: [] }

group('deposits', () => {
  test('the same proof for the same record gets the same receipt, for any other use it is refused', () => {
    const host = new TestStorageNode(1)
    const from = host.contact()
    const { signed, body } = host.record({}, NOW)
    const proof = host.prove(signed, from, NOW)
    const first = host.put(signed, body, proof, from, NOW)
    expect(first.kind).toBe(STORAGE_KIND.receipt)
    expect(isReceiptAuthentic(decode(receipt, first.body))).toBe(true)
    expect(host.put(signed, body, proof, from, NOW + MINUTE_MS)).toEqual(first)
    const other = host.record({ slot: 1 }, NOW)
    expect(describe(host.put(other.signed, other.body, proof, from, NOW))).toBe('challengeForAnotherRecord')
    expect(host.vault.usage().records).toBe(1)
  })

  test('a challenge is refused after 10 minutes, from another prefix and for another sender', () => {
    const host = new TestStorageNode(2)
    const from = host.contact('192.0.2.1')
    const { signed, body } = host.record({}, NOW)
    const proof = host.prove(signed, from, NOW)
    const moved = { ...from, address: host.contact('198.51.100.1').address }
    expect(describe(host.put(signed, body, proof, moved, NOW))).toBe('challengeOfAnotherSender')
    expect(describe(host.put(signed, body, proof, host.contact('192.0.2.1'), NOW))).toBe('challengeOfAnotherSender')
    expect(describe(host.put(signed, body, proof, from, NOW + 10 * MINUTE_MS))).toBe('challengeExpired')
    const roamed = { ...from, address: host.contact('192.0.2.99', 1_234).address }
    expect(describe(host.put(signed, body, proof, roamed, NOW))).toBe('0x43')
  })

  test('a wrong answer and too little effort are refused', () => {
    const host = new TestStorageNode(3, {}, { ...TEST_FORMULA, floor: 4_000 })
    const from = host.contact()
    const { signed, body } = host.record({}, NOW)
    const proof = host.prove(signed, from, NOW)
    const wrong = { ...proof, solutions: proof.solutions.map((nonce) => (nonce + 1) % 2 ** 48) }
    expect(describe(host.put(signed, body, wrong, from, NOW))).toBe('proofWrong')
    const cheap = { ...proof, effort: 1, solutions: proof.solutions.slice(0, 1) }
    expect(describe(host.put(signed, body, cheap, from, NOW))).toBe('effortTooLow')
    expect(describe(host.put(signed, body, proof, from, NOW))).toBe('0x43')
  })

  test('each thing that is wrong with a record has its reason', () => {
    const host = new TestStorageNode(4, { recordBytesMax: 256, ttlMsMax: 7 * DAY_MS })
    const from = host.contact()
    const refused = (options: Parameters<TestStorageNode['record']>[0], made = NOW) => {
      const { signed } = host.record(options, made)
      return describe(host.quote(claimFor(signed), signed.signature, from, NOW))
    }
    expect(refused({ body: host.deposits.body(956) })).toBe('tooLarge')
    expect(refused({ ttlMs: 8 * DAY_MS })).toBe('ttlTooLong')
    expect(refused({ body: host.deposits.body(300) })).toBe('malformed')
    expect(refused({}, NOW + 3 * HOUR_MS)).toBe('clockDiffers')
    expect(refused({}, NOW - 3 * HOUR_MS)).toBe('clockDiffers')
    expect(refused({ ttlMs: 10_000 }, NOW - 30 * MINUTE_MS)).toBe('expired')
    const { signed } = host.record({}, NOW)
    const counted = { ...claimFor(signed), counter: 1 }
    expect(describe(host.quote(counted, signed.signature, from, NOW))).toBe('malformed')
    host.rings.rankEverywhere = 6
    expect(refused({})).toBe('notResponsible')
    host.rings.isStorage = false
    expect(refused({})).toBe('notStoring')
  })

  test('a body of another hash and a header that the mailbox did not sign are refused, and soon the prefix is', () => {
    const host = new TestStorageNode(5)
    const from = host.contact()
    const { signed, body } = host.record({}, NOW)
    const forged = { ...signed, signature: new Uint8Array(64) }
    const proof = host.prove(signed, from, NOW)
    expect(describe(host.put(signed, host.deposits.body(), proof, from, NOW))).toBe('bodyHashWrong')
    for (let turn = 0; turn < 7; turn += 1) {
      expect(describe(host.put(forged, body, proof, from, NOW))).toBe('signatureWrong')
    }
    expect(describe(host.put(signed, body, proof, from, NOW))).toBe('tooManyFailures')
    expect(describe(host.quote(claimFor(signed), signed.signature, from, NOW))).toBe('tooManyFailures')
    expect(describe(host.store(signed, body, host.contact('203.0.113.1'), NOW))).toBe('0x43')
    const later = NOW + 11 * MINUTE_MS
    const other = host.record({ slot: 1 }, later)
    expect(describe(host.store(other.signed, other.body, from, later))).toBe('0x43')
  })

  test('quotas are named, and nothing is acknowledged that is not kept', () => {
    const host = new TestStorageNode(6, { mailboxRecordsMax: 1 })
    const from = host.contact()
    const first = host.record({}, NOW)
    const proof = host.prove(first.signed, from, NOW)
    expect(describe(host.put(first.signed, first.body, proof, from, NOW))).toBe('0x43')
    const second = host.record({ slot: 1 }, NOW)
    const late = host.prove(second.signed, from, NOW)
    expect(describe(host.put(second.signed, second.body, late, from, NOW))).toBe('mailboxCount')
    host.vault.clear()
    expect(describe(host.put(first.signed, first.body, proof, from, NOW))).toBe('unknownRecord')
  })

  test('an update replaces its slot, and an older revision is shown what stands there', () => {
    const host = new TestStorageNode(7)
    const from = host.contact()
    const old = host.record({}, NOW)
    const update = host.record({ revision: 1 }, NOW)
    const oldProof = host.prove(old.signed, from, NOW)
    expect(describe(host.store(update.signed, update.body, from, NOW))).toBe('0x43')
    const answer = host.put(old.signed, old.body, oldProof, from, NOW)
    expect(answer.kind).toBe(STORAGE_KIND.standing)
    expect(decode(standing, answer.body)).toMatchObject({ kind: 'record', signed: update.signed })
    const early = host.quote(claimFor(old.signed), old.signed.signature, from, NOW)
    expect(early.kind).toBe(STORAGE_KIND.standing)
    expect(host.vault.entry(host.deposits.mailbox.verifyKey, 0, NOW)).toMatchObject({ revision: 1 })
  })

  test('update and renew pay for the bytes and the time that they add, and a sixteenth', () => {
    // A floor of one and one trial an hour keep the price visible and the proofs short.
    const formula = { version: 201, base: 24, floor: 1 }
    const host = new TestStorageNode(40, {}, formula)
    const from = host.contact()
    const effortOf = (claim: Parameters<typeof host.quote>[0], signature: Uint8Array) =>
      decodedChallenge(host.quote(claim, signature, from, NOW)).effort
    const first = host.record({ ttlMs: DAY_MS }, NOW)
    const whole = effortOf(claimFor(first.signed), first.signed.signature)
    host.store(first.signed, first.body, from, NOW)
    const same = host.record({ revision: 1, ttlMs: DAY_MS }, NOW)
    expect(effortOf(claimFor(same.signed), same.signed.signature)).toBe(Math.ceil(whole / 16))
    const longer = host.record({ revision: 1, ttlMs: 9 * DAY_MS }, NOW)
    const added = effortOf(claimFor(longer.signed), longer.signed.signature)
    expect(added).toBeGreaterThan(3 * whole)
    const { header } = first.signed
    const renewal = (days: number) => {
      const value = signRenewal(host.deposits.mailbox, recordIdOf(header), 1, header.notAfter + days * DAY_MS)
      return effortOf(renewClaim(PROOF_ALGORITHM.sha512d, header, value), value.signature)
    }
    expect(renewal(0)).toBe(Math.ceil(whole / 16))
    expect(renewal(8)).toBeGreaterThan(3 * whole)
  })

  test('of two bodies under one revision the first stays, whichever has the smaller id', () => {
    for (let seed = 50; seed < 54; seed += 1) {
      const host = new TestStorageNode(seed)
      const from = host.contact()
      const [first, second] = [host.record({}, NOW), host.record({}, NOW)]
      const proof = host.prove(second.signed, from, NOW)
      host.store(first.signed, first.body, from, NOW)
      for (const answer of [
        host.put(second.signed, second.body, proof, from, NOW),
        host.quote(claimFor(second.signed), second.signed.signature, from, NOW),
      ]) {
        expect(decode(standing, answer.body)).toMatchObject({ kind: 'record', signed: first.signed })
      }
    }
  })

  test('who asks again for what is held gets the receipt without a proof', () => {
    const host = new TestStorageNode(8)
    const from = host.contact()
    const { signed, body } = host.record({}, NOW)
    const first = host.store(signed, body, from, NOW)
    expect(host.quote(claimFor(signed), signed.signature, host.contact('203.0.113.5'), NOW + HOUR_MS)).toEqual(first)
  })

  test('a challenge stays good when the range has moved meanwhile', () => {
    const host = new TestStorageNode(9)
    const from = host.contact()
    const { signed, body } = host.record({}, NOW)
    const proof = host.prove(signed, from, NOW)
    host.rings.rankEverywhere = undefined
    expect(describe(host.put(signed, body, proof, from, NOW))).toBe('0x43')
  })

  test('renewals that nobody signed, sent in the name of an address, do not shut it out', () => {
    const host = new TestStorageNode(16)
    const victim = host.contact()
    const { signed, body } = host.record({}, NOW)
    const proof = host.prove(signed, victim, NOW)
    const { header } = signed
    const renewal = {
      recordId: recordIdOf(header),
      counter: 1,
      notAfter: header.notAfter,
      signature: new Uint8Array(64),
    }
    for (let turn = 0; turn < 10; turn += 1) {
      const value = { mailbox: header.mailbox, slot: 0, renewal, proof }
      expect(describe(host.ask(STORAGE_KIND.renew, renewDeposit, value, victim, NOW))).toBe('signatureWrong')
    }
    expect(describe(host.put(signed, body, proof, victim, NOW))).toBe('0x43')
  })

  test('a renewal whose record was renewed to its limit meanwhile hears just that', () => {
    const host = new TestStorageNode(36)
    const from = host.contact()
    const { signed, body } = host.record({}, NOW)
    host.store(signed, body, from, NOW)
    const { mailbox } = host.deposits
    const prepare = (counter: number) => {
      const notAfter = signed.header.notAfter + counter * DAY_MS
      const renewal = signRenewal(mailbox, recordIdOf(signed.header), counter, notAfter)
      const claim = renewClaim(PROOF_ALGORITHM.sha512d, signed.header, renewal)
      const proof = host.deposits.solve(claim, decodedChallenge(host.quote(claim, renewal.signature, from, NOW)))
      const value = { mailbox: mailbox.verifyKey, slot: 0, renewal, proof }
      return () => describe(host.ask(STORAGE_KIND.renew, renewDeposit, value, from, NOW))
    }
    const late = prepare(PAYMENTS_MAX)
    for (let counter = 1; counter < PAYMENTS_MAX; counter += 1) expect(prepare(counter)()).toBe('0x43')
    expect(late()).toBe('renewalChainFull')
  })

  test('a renewal sets the end, counts up only, and tells a stranger nothing', () => {
    const host = new TestStorageNode(10)
    const from = host.contact()
    const { signed, body } = host.record({}, NOW)
    host.store(signed, body, from, NOW)
    const { mailbox } = host.deposits
    const notAfter = signed.header.notAfter + DAY_MS
    const renew = (counter: number, signer = mailbox, slot = 0) => {
      const renewal = signRenewal(signer, recordIdOf(signed.header), counter, notAfter)
      const claim = renewClaim(PROOF_ALGORITHM.sha512d, signed.header, renewal)
      const quoted = host.quote(claim, renewal.signature, from, NOW)
      if (quoted.kind !== STORAGE_KIND.challenge) return quoted
      const proof = host.deposits.solve(claim, decodedChallenge(quoted))
      const value = { mailbox: mailbox.verifyKey, slot, renewal, proof }
      return host.ask(STORAGE_KIND.renew, renewDeposit, value, from, NOW)
    }
    const done = renew(2)
    expect(describe(done)).toBe('0x43')
    expect(host.vault.entry(mailbox.verifyKey, 0, NOW)).toMatchObject({ counter: 2, notAfter })
    expect(renew(2)).toEqual(done)
    const stale = renew(1)
    expect(decode(standing, stale.body)).toMatchObject({ kind: 'renewal', renewal: { counter: 2 } })
    const stranger = SigningKey.create(host.random)
    expect(describe(renew(3, stranger))).toBe('unknownRecord')
    host.vault.clear()
    expect(describe(renew(3, stranger))).toBe('unknownRecord')
  })
})

group('what a mailbox holds', () => {
  /** One host with a record in the mailbox, one without: whatever a stranger asks, they answer the same. */
  function pair() {
    const [full, empty] = [new TestStorageNode(20), new TestStorageNode(20)]
    const { signed, body } = full.record({}, NOW)
    empty.record({}, NOW)
    full.store(signed, body, full.contact(), NOW)
    empty.contact()
    return { full, empty, signed, body, mailbox: full.deposits.mailbox }
  }

  test('is listed and given to who signs with its key', () => {
    const { full, signed, body, mailbox } = pair()
    const from = full.contact('198.51.100.7')
    const listed = full.askOwner(mailbox, STORAGE_KIND.fetch, fetchCommand, ALL, from, NOW)
    expect(decode(listing, listed.body)).toMatchObject({ isLast: true, slots: [{ slot: 0 }], record: { body } })
    const known = { ...ALL, known: [{ slot: 0, revision: 0 }] }
    const second = full.askOwner(mailbox, STORAGE_KIND.fetch, fetchCommand, known, from, NOW)
    expect(decode(listing, second.body)).toMatchObject({ slots: [{ slot: 0 }], record: undefined })
    const got = full.askOwner(
      mailbox,
      STORAGE_KIND.get,
      getCommand,
      { slot: 0, revision: 0, wantsBody: true },
      from,
      NOW,
    )
    expect(decode(fetchedRecord, got.body)).toMatchObject({ signed, body })
    const none = full.askOwner(
      mailbox,
      STORAGE_KIND.get,
      getCommand,
      { slot: 0, revision: 1, wantsBody: true },
      from,
      NOW,
    )
    expect(describe(none)).toBe('unknownRecord')
  })

  test('is not told to a wrong key, with a stale, a foreign or a replayed token', () => {
    const { full, empty, mailbox } = pair()
    const stranger = SigningKey.create(full.random)
    for (const host of [full, empty]) {
      const from = host.contact('198.51.100.7')
      const token = host.token(from, NOW)
      const command = encode(fetchCommand, ALL)
      const forged = { ...signMailboxRequest(stranger, STORAGE_KIND.fetch, host.rings.selfKey, token, command) }
      const asOwner = { ...forged, mailbox: mailbox.verifyKey }
      expect(describe(host.ask(STORAGE_KIND.fetch, mailboxRequest, asOwner, from, NOW))).toBe('signatureWrong')
      const late = NOW + 11 * MINUTE_MS
      const stale = host.askOwner(mailbox, STORAGE_KIND.fetch, fetchCommand, ALL, from, late, token)
      expect(stale.kind).toBe(STORAGE_KIND.token)
      const other = host.contact('203.0.113.9')
      const foreign = host.askOwner(mailbox, STORAGE_KIND.fetch, fetchCommand, ALL, other, NOW, token)
      expect(foreign.kind).toBe(STORAGE_KIND.token)
    }
  })

  test('is not told to who repeats what its owner asked, at another node or for another command', () => {
    const { full, mailbox } = pair()
    const elsewhere = new TestStorageNode(21)
    const from = full.contact('198.51.100.7')
    const token = full.token(from, NOW)
    const command = encode(fetchCommand, ALL)
    const owners = signMailboxRequest(mailbox, STORAGE_KIND.fetch, elsewhere.rings.selfKey, token, command)
    expect(describe(full.ask(STORAGE_KIND.fetch, mailboxRequest, owners, from, NOW))).toBe('signatureWrong')
    const good = signMailboxRequest(mailbox, STORAGE_KIND.fetch, full.rings.selfKey, token, command)
    const changed = { ...good, command: encode(fetchCommand, { ...ALL, fromSlot: 1 }) }
    expect(describe(full.ask(STORAGE_KIND.fetch, mailboxRequest, changed, from, NOW))).toBe('signatureWrong')
    const otherKind = { ...good, command: encode(getCommand, { slot: 0, revision: 0, wantsBody: true }) }
    expect(describe(full.ask(STORAGE_KIND.get, mailboxRequest, otherKind, from, NOW))).toBe('signatureWrong')
    const thief = full.contact('198.51.100.7')
    expect(full.ask(STORAGE_KIND.fetch, mailboxRequest, good, thief, NOW).kind).toBe(STORAGE_KIND.token)
  })

  test('a depositor without the key sees an empty slot, whatever lies in it', () => {
    const { full, empty, signed } = pair()
    const quoted = [full, empty].map((host) => {
      const from = host.contact('198.51.100.7')
      const claim = { ...claimFor(signed), operation: PAID_OPERATION.update }
      const { kind, body } = host.quote(claim, new Uint8Array(64), from, NOW)
      return { kind, length: body.length, effort: decodedChallenge({ kind, body }).effort }
    })
    expect(quoted[0]).toEqual(quoted[1])
    const renewals = [full, empty].map((host) => {
      const renewal = { counter: 1, notAfter: signed.header.notAfter + DAY_MS }
      const claim = renewClaim(PROOF_ALGORITHM.sha512d, signed.header, renewal)
      return describe(host.quote(claim, new Uint8Array(64), host.contact('198.51.100.7'), NOW))
    })
    expect(renewals).toEqual(['unknownRecord', 'unknownRecord'])
  })

  test('goes with the secret that only its reader knows, and `collected` beats `cancelled`', () => {
    const host = new TestStorageNode(22)
    const secret = new Uint8Array(32).fill(9)
    const body = host.deposits.body()
    const { mailbox } = host.deposits
    const signed = signHeader(mailbox, host.deposits.header({ body, collectSecret: secret }, NOW))
    const from = host.contact()
    host.store(signed, body, from, NOW)
    const remove = (entry: ReturnType<typeof collectedEntry>) => {
      const answer = host.askOwner(mailbox, STORAGE_KIND.delete, deleteCommand, { entries: [entry] }, from, NOW)
      return decode(deleted, answer.body).outcomes[0]
    }
    const { bodyHash } = signed.header
    expect(remove(collectedEntry(0, bodyHash, new Uint8Array(32)))).toMatchObject({ outcome: DELETE_OUTCOME.refused })
    expect(remove(collectedEntry(5, bodyHash, secret))).toMatchObject({ outcome: DELETE_OUTCOME.notHeld })
    expect(remove(cancelledEntry(mailbox, 0, bodyHash))).toMatchObject({ outcome: DELETE_OUTCOME.placed })
    expect(remove(collectedEntry(0, bodyHash, secret))).toMatchObject({ outcome: DELETE_OUTCOME.placed })
    const beaten = remove(cancelledEntry(mailbox, 0, bodyHash))
    expect(beaten).toMatchObject({ outcome: DELETE_OUTCOME.beaten, standing: { kind: 1, collectSecret: secret } })
    const again = host.quote(claimFor(signed), signed.signature, from, NOW)
    expect(decode(standing, again.body)).toMatchObject({ kind: 'tombstone', entry: { kind: 1 } })
    // The owner is shown that something was here, and is given nothing to read.
    const get = (wantsBody: boolean) =>
      host.askOwner(mailbox, STORAGE_KIND.get, getCommand, { slot: 0, revision: 0, wantsBody }, from, NOW)
    expect(decode(standing, get(false).body)).toMatchObject({ kind: 'record', signed })
    expect(describe(get(true))).toBe('unknownRecord')
    const kinds = []
    for (let event = host.node.pollEvent(); event; event = host.node.pollEvent()) kinds.push(event.kind)
    expect(kinds).toEqual(['stored', 'buried', 'buried'])
  })

  test('long listings come in pages, each further than the last', () => {
    const host = new TestStorageNode(23)
    const from = host.contact()
    for (let slot = 0; slot < 40; slot += 1) {
      const { signed, body } = host.record({ slot }, NOW)
      host.store(signed, body, from, NOW)
    }
    const seen: number[] = []
    for (let fromSlot = 0, isLast = false; !isLast; fromSlot = (seen.at(-1) ?? 0) + 1) {
      const command = { ...ALL, fromSlot }
      const answer = host.askOwner(host.deposits.mailbox, STORAGE_KIND.fetch, fetchCommand, command, from, NOW)
      expect(answer.body.length).toBeLessThanOrEqual(1_318)
      const page = decode(listing, answer.body)
      seen.push(...page.slots.map((slot) => (slot.kind === 'held' ? slot.slot : slot.entry.slot)))
      isLast = page.isLast
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, slot) => slot))
  })
})

group('answers', () => {
  test('are never longer than a request that came without a token', () => {
    const host = new TestStorageNode(30)
    const from = host.contact()
    const { signed, body } = host.record({}, NOW)
    const proof = host.prove(signed, from, NOW)
    const quoteBytes = encode(signedProofRequest, { claim: claimFor(signed), signature: signed.signature }).length
    expect(host.put(signed, body, proof, from, NOW).body.length).toBeLessThan(256)
    expect(host.quote(claimFor(signed), signed.signature, from, NOW).body.length).toBeLessThanOrEqual(quoteBytes)
    const update = host.record({ revision: 4 }, NOW)
    host.store(update.signed, update.body, from, NOW)
    const inTheWay = host.quote(claimFor(signed), signed.signature, from, NOW)
    expect(inTheWay.kind).toBe(STORAGE_KIND.standing)
    expect(inTheWay.body.length).toBeLessThanOrEqual(quoteBytes)
  })

  test('a request that came with a lookup is answered with it, everything else by datagram only', () => {
    const host = new TestStorageNode(31)
    const from = host.contact()
    const { signed } = host.record({}, NOW)
    const body = encode(signedProofRequest, { claim: claimFor(signed), signature: signed.signature })
    const common = { kind: 'payload' as const, from, ring: 0, place: 0 }
    const quote = { kind: STORAGE_KIND.proofRequest, body }
    host.node.handleRingsEvent({ ...common, payloadId: 1, payload: quote, roomBytes: 300 }, NOW)
    expect(host.rings.payloadAnswers.get(1)).toMatchObject({ kind: STORAGE_KIND.challenge })
    host.node.handleRingsEvent({ ...common, payloadId: 2, payload: quote, roomBytes: 10 }, NOW)
    const junk = { kind: STORAGE_KIND.proofRequest, body: body.slice(1) }
    host.node.handleRingsEvent({ ...common, payloadId: 3, payload: junk, roomBytes: 300 }, NOW)
    const token = { kind: STORAGE_KIND.tokenRequest, body: new Uint8Array(16) }
    host.node.handleRingsEvent({ ...common, payloadId: 4, payload: token, roomBytes: 300 }, NOW)
    expect([2, 3, 4].map((id) => host.rings.payloadAnswers.get(id))).toEqual([undefined, undefined, undefined])
  })

  test('a node that does not serve refuses deposits and shows nothing, and has all of it when it serves again', () => {
    const host = new TestStorageNode(32)
    const from = host.contact()
    const { signed, body } = host.record({}, NOW)
    host.store(signed, body, from, NOW)
    host.node.setServing(false)
    const { mailbox } = host.deposits
    expect(describe(host.quote(claimFor(signed), signed.signature, from, NOW))).toBe('notStoring')
    expect(describe(host.askOwner(mailbox, STORAGE_KIND.fetch, fetchCommand, ALL, from, NOW))).toBe('notStoring')
    host.node.setServing(true)
    const listed = host.askOwner(mailbox, STORAGE_KIND.fetch, fetchCommand, ALL, from, NOW)
    expect(decode(listing, listed.body).slots).toHaveLength(1)
  })

  test('who asks too often is refused for a while', () => {
    const host = new TestStorageNode(33)
    const from = host.contact()
    const token = host.token(from, NOW)
    const { mailbox } = host.deposits
    const ask = (at: number) => host.askOwner(mailbox, STORAGE_KIND.fetch, fetchCommand, ALL, from, at, token)
    for (let turn = 0; turn < 1_024; turn += 1) ask(NOW)
    expect(describe(ask(NOW))).toBe('rateLimited')
    expect(ask(NOW + 1_000).kind).toBe(STORAGE_KIND.listing)
  })

  test('what is sent in the name of an address without its token or challenge leaves that its allowance', () => {
    const host = new TestStorageNode(35)
    const [victim, forger] = [host.contact(), host.contact()]
    const { mailbox } = host.deposits
    const { signed, body } = host.record({}, NOW)
    host.store(signed, body, victim, NOW)
    const ask = (from: typeof victim, token: Uint8Array) =>
      host.askOwner(mailbox, STORAGE_KIND.fetch, fetchCommand, ALL, from, NOW, token)
    const notAfter = signed.header.notAfter + DAY_MS
    const renewal = signRenewal(mailbox, recordIdOf(signed.header), 1, notAfter)
    const claim = renewClaim(PROOF_ALGORITHM.sha512d, signed.header, renewal)
    const proof = host.deposits.solve(claim, decodedChallenge(host.quote(claim, renewal.signature, victim, NOW)))
    const value = { mailbox: mailbox.verifyKey, slot: 0, renewal, proof }
    const token = host.token(victim, NOW)
    for (let turn = 0; turn < 1_100; turn += 1) {
      expect(ask(forger, token).kind).toBe(STORAGE_KIND.token)
      const forged = { ...value, renewal: { ...renewal, signature: new Uint8Array(64) } }
      host.ask(STORAGE_KIND.renew, renewDeposit, forged, forger, NOW)
    }
    expect(describe(host.ask(STORAGE_KIND.renew, renewDeposit, value, forger, NOW))).toBe('rateLimited')
    expect(ask(victim, token).kind).toBe(STORAGE_KIND.listing)
    expect(describe(host.ask(STORAGE_KIND.renew, renewDeposit, value, victim, NOW))).toBe('0x43')
  })

  test('a copy and a tombstone of another node go through every check', () => {
    const host = new TestStorageNode(34)
    const record = host.deposits.record({}, NOW)
    const { address } = host.contact()
    expect(host.node.takeCopy({ ...record, body: host.deposits.body() }, address, NOW)).toMatchObject({
      reason: 'bodyHashWrong',
    })
    expect(host.node.takeCopy(record, address, NOW)).toMatchObject({
      kind: 'stored',
      entry: { origin: { kind: 'repair' } },
    })
    const [payment] = record.payments
    if (!payment || payment.operation === PAID_OPERATION.renew) throw new Error('a record begins with its header')
    const { signed } = payment
    const stranger = SigningKey.create(host.random)
    const forged = cancelledEntry(stranger, 0, signed.header.bodyHash)
    expect(host.node.takeTombstone({ signed, entry: forged }, NOW)).toMatchObject({ reason: 'signatureWrong' })
    const entry = cancelledEntry(host.deposits.mailbox, 0, signed.header.bodyHash)
    expect(host.node.takeTombstone({ signed, entry }, NOW)).toMatchObject({ kind: 'stored' })
  })
})
