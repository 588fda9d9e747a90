import { createSocket } from 'node:dgram'

/**
 * A UDP port of 127.0.0.1 that is free now. Somebody else may take it before it is bound, so whoever is given it goes
 * on to the next one then, and says which it got.
 */
export function freeUdpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.once('error', reject)
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })
}
