import { Address } from '../../base/address.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import type { Transmits } from '../../base/transmit.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { encode } from '../../wire/codec.ts'
import { lanDiscovery } from '../../wire/lan-discovery.ts'

const INTERVAL_MS = 10 * SECOND_MS
const DEFAULT_PORT = 33_445
/** The range in which Tox nodes look for a free port when the default one is taken. */
const LAST_PORT = 33_545
const EXTRA_PORTS_PER_ROUND = 10

/** To everybody on this network; the driver knows what that means in its scope. */
const BROADCAST_IP = Uint8Array.of(255, 255, 255, 255)

/** Tells the local network every 10 s where we are: on the default port, and on ten more ports of the range in turn. */
export class LanDiscovery {
  readonly #packet: Uint8Array
  readonly #transmits: Transmits
  #nextPort = DEFAULT_PORT + 1
  #nextAt: Instant = Number.NEGATIVE_INFINITY

  constructor(selfKey: PublicKey, transmits: Transmits) {
    this.#packet = encode(lanDiscovery, { publicKey: selfKey })
    this.#transmits = transmits
  }

  get nextAt(): Instant {
    return this.#nextAt
  }

  handleTimeout(now: Instant): void {
    if (now < this.#nextAt) return
    this.#nextAt = now + INTERVAL_MS
    this.#send(DEFAULT_PORT)
    for (let count = 0; count < EXTRA_PORTS_PER_ROUND; count += 1) {
      this.#send(this.#nextPort)
      this.#nextPort = this.#nextPort === LAST_PORT ? DEFAULT_PORT + 1 : this.#nextPort + 1
    }
  }

  #send(port: number): void {
    this.#transmits.send(this.#packet, new Address(BROADCAST_IP, port))
  }
}
