import { FRIEND_PACKET_BYTES_MAX, PACKET_REQUEST_ID } from '../../wire/crypto-data.ts'

/** The farthest that one byte of a packet request reaches. */
const STEP_MAX = 255

/** What is known of packets that came: all below `start`, none from `end` on. */
interface ReceivedPackets {
  readonly start: number
  readonly end: number
  has(number: number): boolean
}

/**
 * A packet request: id 1, then a byte per packet that is missing in `start` to `end`.
 *
 * Each byte is the distance from the missing packet before it (from `start` - 1 for the first); 0 says that the
 * next 255 all came. Whatever a byte steps over came, too. Cut to 1,373 bytes: the rest is asked for later.
 *
 * source   tox-wire.md 4.3
 */
export function encodePacketRequest(received: ReceivedPackets): Uint8Array {
  const request = [PACKET_REQUEST_ID]
  let distance = 1
  for (let number = received.start; number < received.end; number += 1) {
    if (request.length === FRIEND_PACKET_BYTES_MAX) break
    const isMissing = !received.has(number)
    if (isMissing || distance === STEP_MAX) {
      request.push(isMissing ? distance : 0)
      distance = 0
    }
    distance += 1
  }
  return Uint8Array.from(request)
}

/** What a packet request tells the sender of the packets. */
interface RequestedPackets {
  /** Rising packet numbers, none at or above the `end` given. */
  readonly missing: readonly number[]
  /** All below this that are not missing came. */
  readonly until: number
}

/**
 * Reads a packet request whose first count is from `recvStart` - 1.
 *
 * end   one above the last packet sent: a request that reaches beyond is hostile, and read no further
 */
export function decodePacketRequest(request: Uint8Array, recvStart: number, end: number): RequestedPackets {
  const missing: number[] = []
  let until = recvStart
  for (let index = 1; index < request.length; index += 1) {
    const step = request[index] ?? 0
    const next = until + (step === 0 ? STEP_MAX : step)
    if (next > end) break
    if (step !== 0) missing.push(next - 1)
    until = next
  }
  return { missing, until }
}
