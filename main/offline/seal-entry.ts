import { assert } from '../base/assert.ts'
import { wipe } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { type Instant, SECOND_MS } from '../base/time.ts'
import type { SigningKey } from '../crypto/sign.ts'
import { bodyHashOf, collectHashOf, recordTimes, signHeader } from '../storage/record.ts'
import type { Mail } from '../wire/offline-packets.ts'
import { RECORD_NONCE_BYTES, RECORD_VERSION } from '../wire/storage-record.ts'
import { MAIL_PART_BYTES_MAX, recordSecrets, sealMail } from './envelope.ts'
import type { Epoch } from './epoch.ts'
import type { SealedRecord } from './lower-machines.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { takeSlot } from './slot-chain.ts'

/** Our slots are written once: nothing that we sealed is ever replaced. */
const REVISION = 0

interface SealOptions {
  readonly epoch: Epoch
  /** 32 bytes; not wiped here. */
  readonly longTerm: Uint8Array
  readonly random: Random
  /** By the clocks of the storage nodes. */
  readonly networkNow: Instant
}

/**
 * Seals a message into the next slots of an epoch, one a part, and places the entry there. The chain moves on in the
 * same breath: who keeps the entry keeps the chain in the same change.
 */
export function sealEntry(entry: OutboxEntry, { epoch, longTerm, random, networkNow }: SealOptions): void {
  const times = recordTimes(entry.ttlSeconds * SECOND_MS, networkNow)
  const firstSlot = epoch.send.nextSlot
  const signer = epoch.sendSigner()
  const contents = splitContent(entry.content)
  const sealed = contents.map((part, partIndex) => {
    const { messageId, sequence, sentAtMs } = entry
    const mail = { messageId, sequence, sentAtMs, partIndex, partCount: contents.length, part }
    return sealPart(mail, { epoch, longTerm, random, times, signer })
  })
  signer.wipe()
  const parts = sealed.map(({ signed: { header } }) => ({ header, isCollected: false }))
  entry.place({ epochId: epoch.id, firstSlot, ...times, renewCounter: 0, parts }, sealed)
}

interface PartOptions extends Omit<SealOptions, 'networkNow'> {
  readonly times: { readonly createdAt: Instant; readonly notAfter: Instant }
  readonly signer: SigningKey
}

function sealPart(mail: Mail, { epoch, longTerm, random, times, signer }: PartOptions): SealedRecord {
  const { nextSlot, chainKey } = epoch.send
  assert(chainKey !== undefined, 'nothing is written under an epoch whose chain is gone')
  const { slot, slotKey, chain } = takeSlot({ nextSlot, chainKey })
  epoch.send = chain
  const nonce = randomBytes(random, RECORD_NONCE_BYTES)
  const under = { mailbox: signer.verifyKey, slot, revision: REVISION, nonce, ...times }
  const { recordKey, collectSecret } = recordSecrets(slotKey, longTerm, under)
  const body = sealMail(mail, recordKey, under, epoch.id)
  const collectHash = collectHashOf(collectSecret)
  wipe(slotKey, recordKey, collectSecret)
  const header = {
    version: RECORD_VERSION as typeof RECORD_VERSION,
    ...under,
    length: body.length,
    copiesPerRing: 2 as const,
    bodyHash: bodyHashOf(body),
    collectHash,
  }
  return { signed: signHeader(signer, header), body }
}

function splitContent(content: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let at = 0; at < content.length; at += MAIL_PART_BYTES_MAX) {
    parts.push(content.subarray(at, at + MAIL_PART_BYTES_MAX))
  }
  return parts
}
