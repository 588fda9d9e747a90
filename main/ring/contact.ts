import type { Address } from '../base/address.ts'
import type { PublicKey } from '../crypto/keys.ts'

/** A node one can write to: its DHT key and its address. Its places follow from the key. */
export interface Contact {
  readonly key: PublicKey
  readonly address: Address
}

/** Key of maps: the same node at another address is another contact, until it has answered from there. */
export function contactId(contact: Contact): string {
  return `${contact.key.hex}@${contact.address.text}`
}

export function isSameContact(left: Contact, right: Contact): boolean {
  return left.key.equals(right.key) && left.address.equals(right.address)
}
