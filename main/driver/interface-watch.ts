import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** Notices that this computer has other addresses than before: another network, or one again after none. */
export class InterfaceWatch {
  readonly #read: () => Interfaces
  #known: string

  constructor(read: () => Interfaces = networkInterfaces) {
    this.#read = read
    this.#known = addressesOf(read())
  }

  /** Whether they changed since the last call. No addresses are no network to look for anybody in. */
  hasChanged(): boolean {
    const addresses = addressesOf(this.#read())
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
