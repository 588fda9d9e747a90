import { concat, concatForNow, utf8Encode } from '../base/bytes.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { isSignatureOf, type SigningKey } from '../crypto/sign.ts'
import type { MailboxRequest, StorageKind } from '../wire/storage-packets.ts'

const LABEL = concat(utf8Encode('ampoule request 1'), Uint8Array.of(0))

/** A request that is good at this node, with this token, for this command only. */
export function signMailboxRequest(
  signer: SigningKey,
  kind: StorageKind,
  node: PublicKey,
  token: Uint8Array,
  command: Uint8Array,
): MailboxRequest {
  const signature = signer.sign(signedBytes(kind, node, token, command))
  return { mailbox: signer.verifyKey, token, signature, command }
}

export function isRequestAuthentic(kind: StorageKind, node: PublicKey, request: MailboxRequest): boolean {
  const { mailbox, token, command, signature } = request
  return isSignatureOf(mailbox, signedBytes(kind, node, token, command), signature)
}

function signedBytes(kind: StorageKind, node: PublicKey, token: Uint8Array, command: Uint8Array): Uint8Array {
  return concatForNow(LABEL, Uint8Array.of(kind), node.bytes, token, command)
}
