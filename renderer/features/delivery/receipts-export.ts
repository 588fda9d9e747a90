import type { Delivery, Message } from '../../../shared/model/message.ts'

/** What a receipts file says of itself, so that a reader knows how to check it. */
const FORMAT = 'ampoule-receipts-1'
const HOW_TO_CHECK =
  'receipt: the signed bytes in hex, laid out as docs/PROTOCOL.md describes; signature: Ed25519, by nodeKey, over them'

/** The signed receipts of a message as a JSON text that others can check. The message's own words are not in it. */
export function receiptsJson({ id, sentAt, state }: Message, { receipts }: Delivery): string {
  const file = {
    format: FORMAT,
    howToCheck: HOW_TO_CHECK,
    message: { id, sentAt, state },
    receipts: receipts.map(({ nodeKey, receivedAt, expiresAt, receipt, signature }) => ({
      nodeKey,
      receivedAt,
      expiresAt,
      receipt,
      signature,
    })),
  }
  return `${JSON.stringify(file, undefined, 2)}\n`
}

/** A name for the file that sorts by the message's time. */
export function receiptsFileName({ id, sentAt }: Message): string {
  return `receipts-${sentAt.slice(0, 10)}-${id}.json`
}
