import type { DatagramSocket, UdpCounts } from './udp-socket.ts'

const NOTHING: UdpCounts = {
  sent: 0,
  sentBytes: 0,
  received: 0,
  receivedBytes: 0,
  refusedOut: 0,
  refusedIn: 0,
  failed: 0,
}

/** No network at all: whatever is sent is lost, and nothing ever comes. */
export const noSocket: DatagramSocket & { readonly counts: UdpCounts } = {
  udpPort: 0,
  counts: NOTHING,
  send: () => {},
  listen: () => {},
  close: () => Promise.resolve(),
}
