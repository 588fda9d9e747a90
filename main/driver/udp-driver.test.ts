import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Address } from '../base/address.ts'
import type { Instant, Wake } from '../base/time.ts'
import type { Transmit } from '../base/transmit.ts'
import type { EngineIo } from '../engine/io.ts'
import type { WallStep } from './real-clock.ts'
import { UdpDriver, type UdpDriverOptions } from './udp-driver.ts'
import { type DatagramSocket, UdpSocket } from './udp-socket.ts'

const PEER = new Address(Uint8Array.of(127, 0, 0, 1), 5)

/** Notes what it is called with, and sends what the test puts into `outputs`. */
class ScriptedEngine implements EngineIo {
  readonly calls: string[] = []
  readonly outputs: Transmit[] = []
  wakeAt: Instant | undefined
  onPacket: (bytes: Uint8Array, from: Address, now: Instant) => void = () => {}
  onTimeout: (now: Instant) => void = () => {}

  handlePacket(bytes: Uint8Array, from: Address, now: Instant): void {
    this.calls.push(`packet ${bytes.join()} ${from.text} ${now}`)
    this.onPacket(bytes, from, now)
  }

  handleTimeout(now: Instant): void {
    this.calls.push(`timeout ${now}`)
    if (this.wakeAt !== undefined && this.wakeAt <= now) this.wakeAt = undefined
    this.onTimeout(now)
  }

  nextTimeout(): Wake | undefined {
    return this.wakeAt === undefined ? undefined : { at: this.wakeAt, why: 'test' }
  }

  pollTransmit(): Transmit | undefined {
    return this.outputs.shift()
  }
}

class MemorySocket implements DatagramSocket {
  readonly udpPort = 40_000
  readonly sent: string[] = []
  isClosed = false
  arrive: (bytes: Uint8Array, from: Address) => void = () => {}

  send(bytes: Uint8Array, to: Address): void {
    this.sent.push(`${bytes.join()} ${to.text}`)
  }

  listen(onDatagram: (bytes: Uint8Array, from: Address) => void): void {
    this.arrive = onDatagram
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}

class ScriptedClock {
  step: WallStep | undefined
  now(): Instant {
    return Date.now()
  }
  pollWallStep(): WallStep | undefined {
    return this.step
  }
}

function create(options: Partial<UdpDriverOptions> & { engine?: ScriptedEngine } = {}) {
  const engine = options.engine ?? new ScriptedEngine()
  const socket = new MemorySocket()
  const clock = new ScriptedClock()
  const failures: unknown[] = []
  const onFailure = (error: unknown) => void failures.push(error)
  const driver = new UdpDriver({ onFailure, ...options, engine, socket, clock })
  return { engine, socket, clock, failures, driver }
}

function transmit(...bytes: number[]): Transmit {
  return { bytes: Uint8Array.from(bytes), to: PEER }
}

describe('with a virtual clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('a datagram is a turn: engine, events, then what the engine sends', () => {
    const order: string[] = []
    const engine = new ScriptedEngine()
    engine.onPacket = () => engine.outputs.push(transmit(7))
    const { socket } = create({ engine, onTurn: (now) => order.push(`events ${now} ${engine.outputs.length} waiting`) })
    order.length = 0
    socket.arrive(Uint8Array.of(1, 2), PEER)
    expect(engine.calls).toEqual(['packet 1,2 127.0.0.1:5 1000000'])
    expect(order).toEqual(['events 1000000 1 waiting'])
    expect(socket.sent).toEqual(['7 127.0.0.1:5'])
  })

  test('what the owner causes while it drains events leaves in the same turn', () => {
    const engine = new ScriptedEngine()
    const { socket, driver } = create({
      engine,
      onTurn: () => {
        if (engine.calls.length === 1) driver.turn((now) => engine.outputs.push(transmit(now % 100)))
      },
    })
    vi.setSystemTime(1_000_042)
    socket.arrive(Uint8Array.of(1), PEER)
    expect(socket.sent).toEqual(['42 127.0.0.1:5'])
  })

  test('a turn of the owner gives back its result and settles', () => {
    const { engine, socket, driver } = create()
    const result = driver.turn((now) => {
      engine.outputs.push(transmit(1))
      return now
    })
    expect(result).toBe(1_000_000)
    expect(socket.sent).toEqual(['1 127.0.0.1:5'])
  })

  test('wakes the engine when it asked for it, each time anew', () => {
    const engine = new ScriptedEngine()
    engine.wakeAt = 1_000_500
    create({ engine })
    vi.advanceTimersByTime(499)
    expect(engine.calls).toEqual([])
    engine.onTimeout = (now) => {
      engine.wakeAt = now + 250
    }
    vi.advanceTimersByTime(1)
    expect(engine.calls).toEqual(['timeout 1000500'])
    vi.advanceTimersByTime(250)
    expect(engine.calls).toEqual(['timeout 1000500', 'timeout 1000750'])
  })

  test('an earlier wake moves the timer, a later one waits for its own', () => {
    const { engine, driver } = create()
    driver.turn(() => {
      engine.wakeAt = 1_001_000
    })
    driver.turn(() => {
      engine.wakeAt = 1_000_100
    })
    vi.advanceTimersByTime(100)
    expect(engine.calls).toEqual(['timeout 1000100'])
    driver.turn(() => {
      engine.wakeAt = 1_000_200
    })
    driver.turn(() => {
      engine.wakeAt = 1_005_000
    })
    vi.advanceTimersByTime(4_900)
    expect(engine.calls.at(-1)).toBe('timeout 1005000')
  })

  test('sleeps through weeks without a wake in the past or a timer that overflows', () => {
    const engine = new ScriptedEngine()
    engine.wakeAt = 1_000_000 + 60 * 86_400_000
    create({ engine })
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(60 * 86_400_000)
    expect(engine.calls.at(-1)).toBe(`timeout ${1_000_000 + 60 * 86_400_000}`)
    expect(engine.calls.length).toBeLessThan(5)
  })

  test('an engine that breaks its own rules is stopped and reported once', () => {
    const { engine, socket, failures } = create()
    engine.wakeAt = 1_000_100
    engine.onPacket = () => {
      throw new Error('broken')
    }
    socket.arrive(Uint8Array.of(1), PEER)
    socket.arrive(Uint8Array.of(2), PEER)
    vi.advanceTimersByTime(1_000)
    expect(failures).toEqual([new Error('broken')])
    expect(engine.calls).toEqual(['packet 1 127.0.0.1:5 1000000'])
  })

  test('what breaks in a turn of the owner is thrown at the owner', () => {
    const { driver, failures } = create()
    const broken = () =>
      driver.turn(() => {
        throw new Error('broken')
      })
    expect(broken).toThrow('broken')
    expect(failures).toEqual([])
    expect(driver.turn((now) => now)).toBe(1_000_000)
  })

  test('a step of the wall clock is told at the next wake', () => {
    const engine = new ScriptedEngine()
    engine.wakeAt = 1_000_010
    const steps: string[] = []
    const { clock } = create({ engine, onWallStep: ({ stepMs }, now) => steps.push(`${stepMs} at ${now}`) })
    clock.step = { offsetMs: 3_600_000, stepMs: 3_600_000 }
    vi.advanceTimersByTime(10)
    expect(steps).toEqual(['3600000 at 1000010'])
  })

  test('after closing nothing reaches the engine and no timer is left', async () => {
    const { engine, socket, driver } = create()
    driver.turn(() => {
      engine.wakeAt = 1_000_100
    })
    await driver.close()
    socket.arrive(Uint8Array.of(1), PEER)
    expect(socket.isClosed).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
    expect(engine.calls).toEqual([])
  })
})

test('two engines talk over real sockets on this machine', async () => {
  const onFailure = (error: unknown): never => {
    throw error
  }
  const connect = async (engine: EngineIo): Promise<UdpDriver> => {
    const socket = await UdpSocket.open({ port: 0, scope: 'loopback' })
    return new UdpDriver({ engine, socket, clock: new ScriptedClock(), onFailure })
  }
  const client = new ScriptedEngine()
  const server = new ScriptedEngine()
  server.onPacket = (bytes, from) => server.outputs.push({ bytes: bytes.map((byte) => byte + 1), to: from })
  const answered = new Promise<string>((resolve) => {
    client.onPacket = (bytes) => resolve(bytes.join())
  })
  const [ofClient, ofServer] = await Promise.all([connect(client), connect(server)])
  const to = new Address(Uint8Array.of(127, 0, 0, 1), ofServer.udpPort)
  ofClient.turn(() => client.outputs.push({ bytes: Uint8Array.of(1, 2, 3), to }))
  expect(await answered).toBe('2,3,4')
  await Promise.all([ofClient.close(), ofServer.close()])
})

test('after a stand-still of the process, what arrived meanwhile comes before the timer', async () => {
  const engine = new ScriptedEngine()
  const [ours, theirs] = await Promise.all([0, 1].map(() => UdpSocket.open({ port: 0, scope: 'loopback' })))
  if (!ours || !theirs) throw new Error('two sockets')
  const failures: unknown[] = []
  const onFailure = (error: unknown) => void failures.push(error)
  const driver = new UdpDriver({ engine, socket: ours, clock: new ScriptedClock(), onFailure })
  const woken = new Promise<void>((resolve) => {
    engine.onTimeout = () => resolve()
  })
  // Leaves within the call, and on loopback arrives with it.
  theirs.send(Uint8Array.of(9), new Address(Uint8Array.of(127, 0, 0, 1), driver.udpPort))
  driver.turn((now) => {
    engine.wakeAt = now + 1
  })
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  await woken
  expect(engine.calls.map((call) => call.split(' ')[0])).toEqual(['packet', 'timeout'])
  expect(failures).toEqual([])
  await Promise.all([driver.close(), theirs.close()])
})
