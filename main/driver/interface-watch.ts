import { networkInterfaces } from 'node:os'
import { type Interfaces, ownInterfaces } from './own-interfaces.ts'

/** Notices that this computer has other addresses than before: another network, or one again after none. */
export class InterfaceWatch {
  readonly #read: () => Interfaces
  #known: string

  constructor(read: () => Interfaces = networkInterfaces) {
    this.#read = read
    this.#known = addressesOf(ownInterfaces(read))
  }

  /** Whether they changed since the last call. No addresses are no network to look for anybody in. */
  hasChanged(): boolean {
    const addresses = addressesOf(ownInterfaces(this.#read))
    const isChanged = addresses !== this.#known
    this.#known = addresses
    return isChanged && addresses !== ''
  }
}

function addressesOf(interfaces: Interfaces): string {
  const all = Object.values(interfaces).flatMap((infos = []) => infos)
  return all
    .flatMap(({ internal, address }) => (internal ? [] : [address]))
    .sort()
    .join(' ')
}
