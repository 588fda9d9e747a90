import { expect, test } from 'vitest'
import { concat, fromHex, toHex } from '../base/bytes.ts'
import { SECOND_MS } from '../base/time.ts'
import { keyPairOf, PublicKey, SecretKey } from '../crypto/keys.ts'
import { SigningKey, VerifyKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { agree, longTermSecret } from '../offline/agreement.ts'
import { openMail, recordSecrets, sealMail } from '../offline/envelope.ts'
import { takeSlot } from '../offline/slot-chain.ts'
import { isSolution, puzzleCount, puzzleHash, puzzleThreshold } from '../pow/proof.ts'
import { mailboxPlace, nodePlace } from '../ring/places.ts'
import { digestOf } from '../ring/ring.ts'
import { claimDigest, claimSeed } from '../storage/claim.ts'
import { effortFor } from '../storage/effort.ts'
import { contentDigest, rangeDigest } from '../storage/range-digest.ts'
import { collectHashOf, recordIdOf } from '../storage/record.ts'
import { slotTagOf } from '../storage/slot-tag.ts'
import { storageKeyFrom } from '../storage/storage-key.ts'
import { decode } from '../wire/codec.ts'
import { proofRequest, storedRecord } from '../wire/storage-proof.ts'
import { recordHeader, tombstone } from '../wire/storage-record.ts'
import { mail } from '../wire/offline-packets.ts'
import vectors from '../wire/vectors/derived.json' with { type: 'json' }

await sodiumReady

const hex = toHex

test('the Curve25519 form of a node key, and the places of keys', () => {
  const node = new SigningKey(fromHex(vectors.nodeKey.seed))
  expect(node.verifyKey.hex).toBe(vectors.nodeKey.verifyKey)
  expect(node.toKeyPair().publicKey.hex).toBe(vectors.nodeKey.dhtKey)
  const dhtKey = new PublicKey(fromHex(vectors.nodePlaces.dhtKey))
  expect([0, 1, 2].map((ring) => nodePlace(dhtKey, ring))).toEqual(vectors.nodePlaces.places)
  const mailbox = new VerifyKey(fromHex(vectors.mailboxPlaces.mailbox))
  expect([0, 1, 2].map((ring) => mailboxPlace(mailbox, ring))).toEqual(vectors.mailboxPlaces.places)
})

test('the digest of a neighbour state', () => {
  const { predecessors, successors, seesAll, digest } = vectors.stateDigest
  const keys = (list: readonly string[]) => list.map((key) => new PublicKey(fromHex(key)))
  expect(hex(digestOf(keys(predecessors), keys(successors), seesAll))).toBe(digest)
})

test('record id, claim digest, collect hash', () => {
  expect(hex(recordIdOf(decode(recordHeader, fromHex(vectors.hashes.header))))).toBe(vectors.hashes.recordId)
  expect(hex(claimDigest(decode(proofRequest, fromHex(vectors.hashes.claim))))).toBe(vectors.hashes.claimDigest)
  expect(hex(collectHashOf(fromHex(vectors.hashes.collectSecret)))).toBe(vectors.hashes.collectHash)
})

test.each(vectors.efforts)('effort $effort', ({ operation, length, ttlSeconds, addedByteSeconds, load, effort }) => {
  const price = {
    operation: operation === 1 ? (1 as const) : (2 as const),
    lengthBytes: length,
    ttlMs: ttlSeconds * SECOND_MS,
    addedByteMs: addedByteSeconds * SECOND_MS,
  }
  expect(effortFor(price, load)).toBe(effort)
})

test.each(vectors.puzzles)('puzzles of algorithm $algorithm', (vector) => {
  const { issuer, tag, claim, formulaVersion, effort, seed, threshold, firstPuzzleHash, solutions } = vector
  const price = { tag: fromHex(tag), effort, formulaVersion }
  const made = claimSeed(new VerifyKey(fromHex(issuer)), decode(proofRequest, fromHex(claim)), price)
  expect(hex(made)).toBe(seed)
  const task = { algorithm: vector.algorithm === 1 ? (1 as const) : (2 as const), seed: made, effort }
  expect(hex(puzzleHash(made, 0))).toBe(firstPuzzleHash)
  expect(puzzleThreshold(task)).toBe(threshold)
  expect(solutions).toHaveLength(puzzleCount(effort))
  expect(solutions.every((nonce, index) => isSolution(task, index, nonce))).toBe(true)
})

test('what two friends agree on', () => {
  const { realA, realB, freshA, freshB } = vectors.epochs
  const [a, b, ea, eb] = [realA, realB, freshA, freshB].map((key) => keyPairOf(new SecretKey(fromHex(key))))
  if (!a || !b || !ea || !eb) throw new Error('four keys')
  const epoch = agree(a, b.publicKey, ea, eb.publicKey)
  if (!epoch) throw new Error('no agreement')
  expect(epoch.role).toBe('A')
  expect(hex(epoch.id)).toBe(vectors.epochs.id)
  expect(hex(epoch.ownConfirmation)).toBe(vectors.epochs.confirmationOfA)
  expect(hex(epoch.peerConfirmation)).toBe(vectors.epochs.confirmationOfB)
  expect(storageKeyFrom(epoch.sendMailboxSeed).verifyKey.hex).toBe(vectors.epochs.mailboxFromA)
  expect(storageKeyFrom(epoch.receiveMailboxSeed).verifyKey.hex).toBe(vectors.epochs.mailboxFromB)
  expect(hex(epoch.sendChainKey)).toBe(vectors.epochs.chainFromA)
  expect(hex(epoch.receiveChainKey)).toBe(vectors.epochs.chainFromB)
  expect(hex(longTermSecret(a, b.publicKey) ?? new Uint8Array(0))).toBe(vectors.epochs.longTerm)
  const first = takeSlot({ nextSlot: 0, chainKey: epoch.sendChainKey })
  const second = takeSlot(first.chain)
  expect([first, second].map(({ slotKey }) => hex(slotKey))).toEqual(vectors.epochs.slotKeysFromA)
})

test('what seals a mail', () => {
  const { slotKey, longTerm, epochId, header, mail: plain, body, recordKey, collectSecret } = vectors.sealing
  const under = decode(recordHeader, fromHex(header))
  const secrets = recordSecrets(fromHex(slotKey), fromHex(longTerm), under)
  expect(hex(secrets.recordKey)).toBe(recordKey)
  expect(hex(secrets.collectSecret)).toBe(collectSecret)
  const value = decode(mail, fromHex(plain))
  expect(hex(sealMail(value, secrets.recordKey, under, fromHex(epochId)))).toBe(body)
  expect(openMail(fromHex(body), secrets.recordKey, under, fromHex(epochId))).toEqual(value)
  expect(openMail(concat(fromHex(body).subarray(1)), secrets.recordKey, under, fromHex(epochId))).toBeUndefined()
})

test('what proves that a slot or a range is held', () => {
  const { nonce, asker, holder, mailbox, slot, slotTag, ...checks } = vectors.checks
  const keys = { asker: new PublicKey(fromHex(asker)), holder: new PublicKey(fromHex(holder)) }
  const challenge = { nonce: fromHex(nonce), ...keys }
  const record = contentDigest(challenge, {
    kind: 'record',
    record: decode(storedRecord, fromHex(checks.storedRecord)),
  })
  const buried = decode(tombstone, fromHex(checks.tombstone))
  expect(hex(record)).toBe(checks.recordDigest)
  expect(hex(contentDigest(challenge, { kind: 'tombstone', tombstone: buried }))).toBe(checks.tombstoneDigest)
  expect(hex(rangeDigest([record]))).toBe(checks.rangeDigest)
  expect(hex(slotTagOf(new VerifyKey(fromHex(mailbox)), slot))).toBe(slotTag)
})
