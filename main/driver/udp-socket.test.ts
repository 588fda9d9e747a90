import { Socket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Address } from '../base/address.ts'
import { UdpSocket, type UdpSocketOptions } from './udp-socket.ts'

const hasIpv6 = Object.values(networkInterfaces()).some((infos = []) => infos.some(({ address }) => address === '::1'))

async function open(options: Partial<UdpSocketOptions> = {}): Promise<UdpSocket> {
  const socket = await UdpSocket.open({ port: 0, scope: 'loopback', ...options })
  onTestFinished(() => socket.close())
  return socket
}

function at(port: number, host = '127.0.0.1'): Address {
  const address = Address.parse(host, port)
  if (!address) throw new Error(`${host} is no address`)
  return address
}

function nextDatagram(socket: UdpSocket): Promise<{ bytes: Uint8Array; from: Address }> {
  return new Promise((resolve) => socket.listen((bytes, from) => resolve({ bytes, from })))
}

test('carries a datagram of every size that Tox has, and says where it came from', async () => {
  const [alice, bob] = await Promise.all([open(), open()])
  for (const size of [1, 1_200, 2_048]) {
    const arrived = nextDatagram(bob)
    const bytes = Uint8Array.from({ length: size }, (_, index) => index & 0xff)
    alice.send(bytes, at(bob.udpPort))
    const datagram = await arrived
    expect(datagram.bytes).toEqual(bytes)
    expect(datagram.from.text).toBe(`127.0.0.1:${alice.udpPort}`)
  }
  expect(alice.counts).toMatchObject({ sent: 3, sentBytes: 3_249, refusedOut: 0, failed: 0 })
  expect(bob.counts).toMatchObject({ received: 3, receivedBytes: 3_249, refusedIn: 0 })
})

test('works with the buffer that a system gives which refuses a larger one', async () => {
  const refusing = vi.spyOn(Socket.prototype, 'setRecvBufferSize').mockImplementation(() => {
    throw new Error('ENOBUFS')
  })
  onTestFinished(() => refusing.mockRestore())
  expect((await open()).receiveBufferBytes).toBeGreaterThan(0)
  expect(refusing).toHaveBeenCalled()
})

test('hands on plain byte arrays whose slices are copies, and one address value for each sender', async () => {
  const [alice, bob] = await Promise.all([open(), open()])
  const first = nextDatagram(bob)
  alice.send(Uint8Array.of(1, 2), at(bob.udpPort))
  const { bytes, from } = await first
  expect(bytes.constructor).toBe(Uint8Array)
  bytes.slice()[0] = 9
  expect(bytes[0]).toBe(1)
  const second = nextDatagram(bob)
  alice.send(Uint8Array.of(3), at(bob.udpPort))
  expect((await second).from).toBe(from)
})

test('LAN discovery stays on this machine within scope loopback', async () => {
  const [alice, bob] = await Promise.all([open(), open()])
  const arrived = nextDatagram(bob)
  alice.send(Uint8Array.of(0x21, 7), at(bob.udpPort, '255.255.255.255'))
  expect(await arrived).toMatchObject({ bytes: Uint8Array.of(0x21, 7), from: { host: '127.0.0.1' } })
})

test('a port in use is one clear line', async () => {
  const socket = await open()
  const again = UdpSocket.open({ port: socket.udpPort, scope: 'loopback' })
  await expect(again).rejects.toThrow(`UDP port ${socket.udpPort} cannot be opened: it is in use`)
})

test('listens to IPv6 on the same port when asked, where the machine has it', async () => {
  const [alice, bob] = await Promise.all([open({ ipv6: true }), open({ ipv6: true })])
  expect(alice.hasIpv6).toBe(hasIpv6)
  for (const host of hasIpv6 ? ['::1', '127.0.0.1'] : ['127.0.0.1']) {
    const arrived = nextDatagram(bob)
    alice.send(Uint8Array.of(6), at(bob.udpPort, host))
    expect((await arrived).from.equals(at(alice.udpPort, host))).toBe(true)
  }
})

test('without IPv6 a datagram to an IPv6 address is lost and counted', async () => {
  const socket = await open()
  expect(socket.hasIpv6).toBe(false)
  socket.send(Uint8Array.of(1), at(33_445, '::1'))
  expect(socket.counts).toMatchObject({ sent: 0, failed: 1 })
})

test('closing frees the port', async () => {
  const socket = await UdpSocket.open({ port: 0, scope: 'loopback' })
  await socket.close()
  expect((await open({ port: socket.udpPort })).udpPort).toBe(socket.udpPort)
})
