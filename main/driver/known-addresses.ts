import { Address } from '../base/address.ts'

/** Far more than a node has peers. Anybody can send from anywhere: all are forgotten when there are more. */
export const KNOWN_ADDRESSES_MAX = 8_192

/** Gives out one value for each address that datagrams come from, so that its text is made once. */
export class KnownAddresses {
  readonly #byHost = new Map<string, Map<number, Address>>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Undefined for a host that is no IP address. */
  find(host: string, port: number): Address | undefined {
    const known = this.#byHost.get(host)?.get(port)
    if (known) return known
    const address = Address.parse(host, port)
    if (address) this.#keep(host, address)
    return address
  }

  #keep(host: string, address: Address): void {
    if (this.#count >= KNOWN_ADDRESSES_MAX) {
      this.#byHost.clear()
      this.#count = 0
    }
    const byPort = this.#byHost.get(host)
    if (byPort) byPort.set(address.port, address)
    else this.#byHost.set(host, new Map([[address.port, address]]))
    this.#count += 1
  }
}
