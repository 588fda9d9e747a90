import type { Address } from '../base/address.ts'
import type { PublicKey } from '../crypto/keys.ts'

/** A node one can write to: its DHT key and its address. Its places follow from the key. */
export interface Contact {
  readonly key: PublicKey
  readonly address: Address
}

/**
 * The last id made for each key. A packet asks for its sender's id half a dozen times, with the same objects for key and
 * address each time, and a fresh text would be hashed anew with each look into a map.
 */
const lastIds = new WeakMap<PublicKey, { readonly address: Address; readonly id: string }>()

/** Key of maps: the same node at another address is another contact, until it has answered from there. */
export function contactId({ key, address }: Contact): string {
  const last = lastIds.get(key)
  if (last?.address === address) return last.id
  const id = `${key.hex}@${address.text}`
  lastIds.set(key, { address, id })
  return id
}

export function isSameContact(left: Contact, right: Contact): boolean {
  const isSameKey = left.key === right.key || left.key.equals(right.key)
  return isSameKey && (left.address === right.address || left.address.equals(right.address))
}
