import { Address } from '../../base/address.ts'
import type { Random } from '../../base/random.ts'
import { createKeyPair, type KeyPair, PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'

/** A node at 10.0.0.`last`, whose key is of no use but to be told apart. */
export function lanNode(last: number): PackedNode {
  const key = new Uint8Array(32)
  key[31] = last
  return { publicKey: new PublicKey(key), address: new Address(Uint8Array.of(10, 0, 0, last), 33_445) }
}

/** A node at 8.8.8.`last` whose key begins with `last`. */
export function publicNode(last: number): PackedNode {
  const key = new Uint8Array(32)
  key[0] = last
  return { publicKey: new PublicKey(key), address: new Address(Uint8Array.of(8, 8, 8, last), 33_445) }
}

/** A node with a key pair of its own, at 10.0.1.`last`. */
export function realNode(last: number, random: Random): { readonly keys: KeyPair; readonly node: PackedNode } {
  const keys = createKeyPair(random)
  return { keys, node: { publicKey: keys.publicKey, address: new Address(Uint8Array.of(10, 0, 1, last), 33_445) } }
}
