import type { Address } from './address.ts'

/** A datagram that wants to leave. */
export interface Transmit {
  readonly bytes: Uint8Array
  readonly to: Address
}

/** Where machines put their datagrams; the engine hands its one queue down to all of them. */
export interface Transmits {
  send(bytes: Uint8Array, to: Address): void
}
