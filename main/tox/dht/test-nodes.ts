import fc from 'fast-check'
import { Address } from '../../base/address.ts'
import { PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'

/** A key that starts with these bytes and goes on with zeros. */
export function testKey(...leading: readonly number[]): PublicKey {
  const bytes = new Uint8Array(32)
  bytes.set(leading)
  return new PublicKey(bytes)
}

/** `1.2.3.4`, and a port that distinguishes. */
export function testAddress(port: number, host = '1.2.3.4'): Address {
  const address = Address.parse(host, port)
  if (!address) throw new Error(`not an address: ${host}`)
  return address
}

/** A node with a key of these leading bytes; each has an address of its own. */
export function testNode(...leading: readonly number[]): PackedNode {
  const [first = 0, second = 0, third = 0] = leading
  return { publicKey: testKey(...leading), address: testAddress(1_000 + third, `1.1.${first}.${second}`) }
}

/** Keys that share many bits with each other, so that near ones are tried as well as far ones. */
export function anyKey(): fc.Arbitrary<PublicKey> {
  const dense = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const sparse = fc
    .tuple(fc.nat(31), fc.nat(255))
    .map(([at, byte]) => Uint8Array.from({ length: 32 }, (_, index) => (index === at ? byte : 0)))
  return fc.oneof(dense, sparse).map((bytes) => new PublicKey(bytes))
}

/** Nodes with different keys and addresses. */
export function anyNodes(countMax: number): fc.Arbitrary<PackedNode[]> {
  return fc
    .uniqueArray(anyKey(), { maxLength: countMax, selector: (key) => key.hex })
    .map((keys) => keys.map((publicKey, index) => ({ publicKey, address: testAddress(1_000 + index) })))
}
