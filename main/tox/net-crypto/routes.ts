import type { Address } from '../../base/address.ts'

/** Friends that may share one address: more than one only while somebody lies or a port changes hands. */
const SHARERS_MAX = 4
const NOBODY: readonly never[] = []

/** Which connections a packet from an address may belong to. */
export class Routes<T> {
  readonly #byAddress = new Map<string, T[]>()

  find(address: Address): readonly T[] {
    return this.#byAddress.get(address.text) ?? NOBODY
  }

  /** The newest comes first; when too many share an address, the oldest of them goes. */
  add(address: Address, target: T): void {
    const sharers = this.find(address).filter((sharer) => sharer !== target)
    this.#byAddress.set(address.text, [target, ...sharers].slice(0, SHARERS_MAX))
  }

  remove(address: Address, target: T): void {
    const left = this.find(address).filter((sharer) => sharer !== target)
    if (left.length > 0) this.#byAddress.set(address.text, left)
    else this.#byAddress.delete(address.text)
  }

  get count(): number {
    return this.#byAddress.size
  }
}
