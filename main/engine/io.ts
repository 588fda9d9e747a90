import type { Address } from '../base/address.ts'
import type { Instant, Wake } from '../base/time.ts'
import type { Transmit } from '../base/transmit.ts'

/**
 * What the outside world needs of an engine: the real driver and the simulator hold it by this alone.
 * After every call the owner drains events and outputs, then asks for the next wake.
 */
export interface EngineIo {
  /** A datagram arrived. Never throws on bad input: it is counted and dropped. */
  handlePacket(bytes: Uint8Array, from: Address, now: Instant): void
  /** Time passed; harmless when nothing is due. */
  handleTimeout(now: Instant): void
  nextTimeout(): Wake | undefined
  /** The next datagram to send, or undefined: none is left, or the rest waits for something to be persisted. */
  pollTransmit(): Transmit | undefined
}
