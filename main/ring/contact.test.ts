import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { PublicKey } from '../crypto/keys.ts'
import { contactId, isSameContact } from './contact.ts'

const KEY = new PublicKey(new Uint8Array(32).fill(1))
const OTHER_KEY = new PublicKey(new Uint8Array(32).fill(2))
const HERE = new Address(Uint8Array.of(127, 0, 0, 1), 1)
const THERE = new Address(Uint8Array.of(127, 0, 0, 1), 2)

test('the same key at the same address is the same contact, and nothing else is', () => {
  const contact = { key: KEY, address: HERE }
  const same = { key: new PublicKey(KEY.bytes), address: new Address(HERE.ip, 1) }
  expect(isSameContact(contact, same)).toBe(true)
  expect(contactId(contact)).toBe(contactId(same))
  for (const other of [
    { key: KEY, address: THERE },
    { key: OTHER_KEY, address: HERE },
  ]) {
    expect(isSameContact(contact, other)).toBe(false)
    expect(contactId(contact)).not.toBe(contactId(other))
  }
})
