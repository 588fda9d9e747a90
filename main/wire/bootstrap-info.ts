import { packet, restBytes, u32 } from './codec.ts'

/** A request of any other length is ignored. */
export const BOOTSTRAP_INFO_REQUEST_BYTES = 78
export const BOOTSTRAP_INFO_ID = 0xf0
export const MOTD_BYTES_MAX = 256

/**
 * Bootstrap info response: what a bootstrap node says of itself.
 *
 * | bytes | field   |                                                            |
 * |-------|---------|------------------------------------------------------------|
 * | 1     | 0xf0    |                                                            |
 * | 4     | version | of the software, for instance 1000002018                   |
 * | n     | motd    | message of the day, n ≤ 256, UTF-8                         |
 *
 * The request has the same id and 78 bytes in all, whose contents mean nothing.
 *
 * source   c-toxcore "other/bootstrap_node_packets"
 */
export const bootstrapInfoResponse = packet('bootstrapInfoResponse', BOOTSTRAP_INFO_ID, {
  version: u32,
  motd: restBytes(MOTD_BYTES_MAX),
})

export function isBootstrapInfoRequest(datagram: Uint8Array): boolean {
  return datagram.length === BOOTSTRAP_INFO_REQUEST_BYTES && datagram[0] === BOOTSTRAP_INFO_ID
}
