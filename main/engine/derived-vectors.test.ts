import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { concat, fromHex, toHex, utf8Encode } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import { SECOND_MS } from '../base/time.ts'
import { keyPairOf, PublicKey, SecretKey } from '../crypto/keys.ts'
import { SigningKey, VerifyKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { agree, longTermSecret } from '../offline/agreement.ts'
import { openMail, recordSecrets, sealMail } from '../offline/envelope.ts'
import { takeSlot } from '../offline/slot-chain.ts'
import { argon2idTrial } from '../pow/argon2id.ts'
import { isSolution, puzzleCount, puzzleHash, puzzleThreshold } from '../pow/proof.ts'
import { sha512dTrial } from '../pow/sha512d.ts'
import { mailboxPlace, nodePlace } from '../ring/places.ts'
import { digestOf } from '../ring/ring.ts'
import { claimDigest, claimSeed } from '../storage/claim.ts'
import { effortFor } from '../storage/effort.ts'
import { signMailboxRequest } from '../storage/mailbox-request.ts'
import { contentDigest, rangeDigest } from '../storage/range-digest.ts'
import { signReceipt } from '../storage/receipt.ts'
import { cancelledEntry, collectHashOf, recordIdOf, signHeader, signRenewal } from '../storage/record.ts'
import { slotTagOf } from '../storage/slot-tag.ts'
import { storageKeyFrom } from '../storage/storage-key.ts'
import { toxIdOf } from '../tox/messenger/tox-id.ts'
import { OnionPath } from '../tox/onion/onion-path.ts'
import { decode } from '../wire/codec.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { EXTENSION_PACKET_ID, extensionPacket } from '../wire/extension-packet.ts'
import { RingKind } from '../wire/ring-packets.ts'
import { STORAGE_KIND } from '../wire/storage-packets.ts'
import { proofRequest, receipt, storedRecord } from '../wire/storage-proof.ts'
import { recordHeader, tombstone } from '../wire/storage-record.ts'
import { mail } from '../wire/offline-packets.ts'
import vectors from '../wire/vectors/derived.json' with { type: 'json' }

await sodiumReady

const hex = toHex
const NONE = new Uint8Array(0)

/** Gives out what a vector says was drawn, in order. */
class FixedRandom implements Random {
  readonly #draws: Uint8Array[]

  constructor(draws: readonly string[]) {
    this.#draws = draws.map(fromHex)
  }

  fill(target: Uint8Array): void {
    const next = this.#draws.shift()
    if (next?.length !== target.length) throw new Error('nothing of this length is drawn here')
    target.set(next)
  }
}

function addressOf(text: string): Address {
  const [host = '', port = ''] = text.split(':')
  const address = Address.parse(host, Number(port))
  if (!address) throw new Error('no address')
  return address
}

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
  const { issuer, tag, claim, formulaVersion, effort, seed, threshold, firstPuzzleHash, firstTrials, solutions } =
    vector
  const price = { tag: fromHex(tag), effort, formulaVersion }
  const made = claimSeed(new VerifyKey(fromHex(issuer)), decode(proofRequest, fromHex(claim)), price)
  expect(hex(made)).toBe(seed)
  const task = { algorithm: vector.algorithm === 1 ? (1 as const) : (2 as const), seed: made, effort }
  const first = puzzleHash(made, 0)
  expect(hex(first)).toBe(firstPuzzleHash)
  const trial = vector.algorithm === 1 ? sha512dTrial : argon2idTrial
  expect([0, 1, 2].map((nonce) => trial(first, nonce))).toEqual(firstTrials)
  expect(puzzleThreshold(task)).toBe(threshold)
  expect(solutions).toHaveLength(puzzleCount(effort))
  expect(solutions.every((nonce, index) => isSolution(task, index, nonce))).toBe(true)
})

test('a datagram of the extension', () => {
  const { senderSeed, receiverSecretKey, receiverKey, nonce, plain, datagram } = vectors.envelope
  const receiver = keyPairOf(new SecretKey(fromHex(receiverSecretKey)))
  expect(receiver.publicKey.hex).toBe(receiverKey)
  const envelopes = new DhtEnvelopes(new SigningKey(fromHex(senderSeed)).toKeyPair(), new FixedRandom([nonce]))
  expect(hex(envelopes.seal(EXTENSION_PACKET_ID, receiver.publicKey, fromHex(plain)) ?? NONE)).toBe(datagram)
  expect(decode(extensionPacket, fromHex(plain)).kind).toBe(RingKind.helloRequest)
})

test('a packet on its way into the onion', () => {
  const { clientSecretKey, relaySecretKeys, relayAddresses, pathSecretKeys, destination, data, nonce, sendInitial } =
    vectors.onion
  const [first, second, third] = relaySecretKeys.map((secret, index) => ({
    publicKey: keyPairOf(new SecretKey(fromHex(secret))).publicKey,
    address: addressOf(relayAddresses[index] ?? ''),
  }))
  if (!first || !second || !third) throw new Error('three relays')
  const client = new DhtEnvelopes(keyPairOf(new SecretKey(fromHex(clientSecretKey))), new FixedRandom([]))
  const path = OnionPath.create([first, second, third], client, new FixedRandom(pathSecretKeys))
  const wrapped = path?.wrap(fromHex(data), addressOf(destination), new FixedRandom([nonce]))
  expect(hex(wrapped ?? NONE)).toBe(sendInitial)
})

test('a Tox ID', () => {
  const { realKey, nospam, toxId } = vectors.toxId
  expect(hex(toxIdOf({ publicKey: new PublicKey(fromHex(realKey)), nospam: fromHex(nospam) }))).toBe(toxId)
})

test('what the mailbox key and the node key sign', () => {
  const { signatures: signed } = vectors
  const mailbox = new SigningKey(fromHex(signed.mailboxSeed))
  const node = new SigningKey(fromHex(signed.nodeSeed))
  const header = decode(recordHeader, fromHex(signed.header))
  const recordId = recordIdOf(header)
  const { slot, bodyHash } = header
  expect(mailbox.verifyKey.hex).toBe(signed.mailbox)
  expect(hex(recordId)).toBe(signed.recordId)
  expect(hex(signHeader(mailbox, header).signature)).toBe(signed.ofRecord)
  const renewalEnd = signed.renewalNotAfterSeconds * SECOND_MS
  expect(hex(signRenewal(mailbox, recordId, signed.renewalCounter, renewalEnd).signature)).toBe(signed.ofRenewal)
  expect(cancelledEntry(mailbox, slot, bodyHash)).toMatchObject({ signature: fromHex(signed.ofCancel) })
  const [nodeKey, token, command] = [signed.requestNodeDhtKey, signed.requestToken, signed.requestCommand].map(fromHex)
  if (!nodeKey || !token || !command) throw new Error('a request')
  expect(signed.requestKind).toBe(STORAGE_KIND.fetch)
  const request = signMailboxRequest(mailbox, STORAGE_KIND.fetch, new PublicKey(nodeKey), token, command)
  expect(hex(request.signature)).toBe(signed.ofRequest)
  const { signature, ...fields } = decode(receipt, fromHex(signed.receipt))
  expect(signReceipt(node, fields).signature).toEqual(signature)
  const statement = concat(utf8Encode('ampoule leaving 1'), Uint8Array.of(0), fromHex(signed.leavingStatement))
  expect(hex(node.sign(statement))).toBe(signed.ofLeaving)
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
