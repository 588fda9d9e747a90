import { EventEmitter } from 'node:events'
import { beforeEach, expect, test, vi } from 'vitest'
import { Address, type NetworkScope } from '../base/address.ts'
import { broadcastHosts, UdpSocket } from './udp-socket.ts'

/** Stands in for the operating system: the only way to see what would go beyond this machine without sending it. */
class PretendedSocket extends EventEmitter {
  static latest: PretendedSocket
  readonly sent: string[] = []
  readonly setRecvBufferSize = vi.fn<(size: number) => void>()
  readonly setBroadcast = vi.fn<(allowed: boolean) => void>()
  readonly unfinished: (() => void)[] = []
  boundTo = ''
  queuedBytes = 0
  isSlow = false
  isClosed = false

  constructor() {
    super()
    PretendedSocket.latest = this
  }

  bind(_port: number, host: string, done: () => void): void {
    this.boundTo = host
    done()
  }

  address(): { port: number } {
    return { port: 40_000 }
  }

  getSendQueueSize(): number {
    return this.queuedBytes
  }

  send(
    _bytes: Uint8Array,
    _offset: number,
    _length: number,
    port: number,
    host: string,
    done: (e: null) => void,
  ): void {
    this.sent.push(`${host}:${port}`)
    if (this.isSlow) this.unfinished.push(() => done(null))
    else done(null)
  }

  close(done: () => void): void {
    this.isClosed = true
    done()
  }
}

vi.mock('node:dgram', () => ({ createSocket: () => new PretendedSocket() }))

beforeEach(() => {
  vi.stubEnv('AMPOULE_NETWORK_SCOPE', '')
  return () => vi.unstubAllEnvs()
})

const HOSTS = ['127.0.0.1', '192.168.1.2', '8.8.8.8', '255.255.255.255', '224.0.0.1', '0.0.0.0']

async function open(scope: NetworkScope): Promise<{ socket: UdpSocket; system: PretendedSocket }> {
  const socket = await UdpSocket.open({ port: 40_000, scope })
  return { socket, system: PretendedSocket.latest }
}

function addressOf(host: string): Address {
  const address = Address.parse(host, 33_445)
  if (!address) throw new Error(`${host} is no address`)
  return address
}

test.each([
  ['loopback', ['127.0.0.1:33445'], '127.0.0.1'],
  ['private', ['127.0.0.1:33445', '192.168.1.2:33445'], '0.0.0.0'],
  ['internet', ['127.0.0.1:33445', '192.168.1.2:33445', '8.8.8.8:33445'], '0.0.0.0'],
] as const)('scope %s sends to %j and refuses the rest', async (scope, allowed, boundTo) => {
  const { socket, system } = await open(scope)
  for (const host of HOSTS) socket.send(Uint8Array.of(1), addressOf(host))
  expect(system.sent).toEqual(allowed)
  expect(socket.counts).toMatchObject({ sent: allowed.length, refusedOut: HOSTS.length - allowed.length })
  expect(system.boundTo).toBe(boundTo)
})

test.each([
  ['loopback', ['127.0.0.1']],
  ['private', ['127.0.0.1', '192.168.1.2']],
  ['internet', ['127.0.0.1', '192.168.1.2', '8.8.8.8']],
] as const)('scope %s hears %j and refuses the rest', async (scope, allowed) => {
  const { socket, system } = await open(scope)
  const heard: string[] = []
  socket.listen((_bytes, from) => heard.push(from.host))
  for (const address of [...HOSTS, 'no address']) system.emit('message', Buffer.of(1), { address, port: 33_445 })
  expect(heard).toEqual(allowed)
  expect(socket.counts).toMatchObject({ received: allowed.length, refusedIn: HOSTS.length + 1 - allowed.length })
})

test('the environment holds a socket that asks for the internet to this machine', async () => {
  vi.stubEnv('AMPOULE_NETWORK_SCOPE', 'loopback')
  const { socket, system } = await open('internet')
  expect(socket.scope).toBe('loopback')
  socket.send(Uint8Array.of(1), addressOf('8.8.8.8'))
  expect(system.sent).toEqual([])
  expect(system.boundTo).toBe('127.0.0.1')
  expect(socket.counts.refusedOut).toBe(1)
})

test('closing waits until what was sent has left', async () => {
  const { socket, system } = await open('loopback')
  system.isSlow = true
  socket.send(Uint8Array.of(1), addressOf('127.0.0.1'))
  socket.send(Uint8Array.of(2), addressOf('127.0.0.1'))
  const closed = socket.close()
  system.unfinished[0]?.()
  await Promise.resolve()
  expect(system.isClosed).toBe(false)
  system.unfinished[1]?.()
  await closed
  expect(system.isClosed).toBe(true)
})

test('asks for a receive buffer of 2 MiB', async () => {
  const { system } = await open('loopback')
  expect(system.setRecvBufferSize).toHaveBeenCalledWith(2_097_152)
})

test('may broadcast only where the scope allows, and then LAN discovery alone', async () => {
  const within = await open('loopback')
  expect(within.system.setBroadcast).not.toHaveBeenCalled()
  within.socket.send(Uint8Array.of(0x21), addressOf('255.255.255.255'))
  expect(within.system.sent).toEqual(['127.0.0.1:33445'])

  const beyond = await open('private')
  expect(beyond.system.setBroadcast).toHaveBeenCalledWith(true)
  beyond.socket.send(Uint8Array.of(0x02), addressOf('255.255.255.255'))
  expect(beyond.system.sent).toEqual([])
  beyond.socket.send(Uint8Array.of(0x21), addressOf('255.255.255.255'))
  expect(beyond.system.sent).toContain('255.255.255.255:33445')
})

test('knows the broadcast address of each network', () => {
  const eth0 = { family: 'IPv4', address: '192.168.5.7', netmask: '255.255.252.0', internal: false } as const
  const lo = { family: 'IPv4', address: '127.0.0.1', netmask: '255.0.0.0', internal: true } as const
  const common = { mac: '00:00:00:00:00:00', cidr: null }
  const interfaces = { lo: [{ ...lo, ...common }], eth0: [{ ...eth0, ...common }], none: undefined }
  expect(broadcastHosts(interfaces)).toEqual(['255.255.255.255', '192.168.7.255'])
})

test('loses what the system does not take, rather than keep it without bound', async () => {
  const { socket, system } = await open('loopback')
  system.queuedBytes = 5 * 1_024 * 1_024
  socket.send(Uint8Array.of(1), addressOf('127.0.0.1'))
  expect(socket.counts).toMatchObject({ sent: 0, failed: 1 })
})

test('an error of the socket is counted and thrown at nobody', async () => {
  const { socket, system } = await open('loopback')
  system.emit('error', new Error('ECONNREFUSED'))
  expect(socket.counts.failed).toBe(1)
})
