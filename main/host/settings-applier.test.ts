import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiErrorCode } from '../../shared/api/errors.ts'
import type { PowerSource } from '../driver/power-source.ts'
import { EngineRunner } from './engine-runner.ts'
import { createTestHosts, type TestHosts } from './test-app-host.ts'

let hosts: TestHosts

beforeEach(() => {
  hosts = createTestHosts()
})

afterEach(() => hosts.end())

test('proofs wait on the battery if they are to, and go on with the setting or the mains', async () => {
  let source: PowerSource = 'battery'
  const { client, host } = await hosts.start('lena', { powerSource: () => source })
  const paused: boolean[] = []
  const { proofs } = host.runner
  const setPaused = proofs.setPaused.bind(proofs)
  proofs.setPaused = (isPaused) => {
    paused.push(isPaused)
    setPaused(isPaused)
  }
  await client.settings.set({ theme: 'dark' })
  await client.settings.set({ proofOnlyOnMains: true })
  await client.settings.set({ proofOnlyOnMains: false })
  source = 'mains'
  await client.settings.set({ proofOnlyOnMains: true })
  source = 'unknown'
  await client.settings.set({ theme: 'light' })
  expect(paused).toEqual([false, true, false, false, false])
})

test('LAN discovery follows the setting while it runs, unless this run forbids it', async () => {
  const asked = async (name: string, lanDiscovery: boolean): Promise<boolean[]> => {
    const { client, host } = await hosts.start(name, { lanDiscovery })
    const seen: boolean[] = []
    host.turn(({ network }) => {
      network.setLanDiscovery = (isOn) => void seen.push(isOn)
    })
    await client.settings.set({ lanDiscovery: false })
    await client.settings.set({ lanDiscovery: true })
    return seen
  }
  expect(await asked('lena', true)).toEqual([false, true])
  expect(await asked('nora', false)).toEqual([false, false])
})

test('without UDP nothing is connected, and the same person is there when it comes back', async () => {
  const { client } = await hosts.start('lena')
  await client.settings.set({ udpEnabled: false })
  expect(await client.network.get({})).toMatchObject({ isUdpOn: false, connected: false, udpPort: 0, dhtNodes: 0 })
  expect(await client.network.bootstrapNodes({})).toEqual([])
  const before = await client.profile.get({})
  await client.settings.set({ udpEnabled: true, ipv6: false })
  expect(await client.profile.get({})).toEqual(before)
  const { udpPort } = await client.network.get({})
  expect(udpPort).toBeGreaterThan(0)
  await client.settings.set({ udpPort, theme: 'dark' })
  expect(await client.settings.get({})).toMatchObject({ udpPort, theme: 'dark', ipv6: false })
})

test('a network that could not be had gives back what was to change, and nothing else', async () => {
  const { client, host } = await hosts.start('lena')
  const before = await client.settings.get({})
  // The port is free when it is probed, and taken when the next engine wants it.
  const refused = vi.spyOn(EngineRunner, 'start').mockImplementationOnce(async () => {
    host.settings.set({ theme: 'dark' })
    return await Promise.reject(new Error('the port is in use'))
  })
  await expect(host.changeSettings({ ipv6: !before.ipv6 })).rejects.toMatchObject({ code: ApiErrorCode.Impossible })
  refused.mockRestore()
  expect(await client.settings.get({})).toEqual({ ...before, theme: 'dark' })
})

test('two windows that change the network at the same moment both get what they asked for', async () => {
  const { client } = await hosts.start('lena')
  await Promise.all([client.settings.set({ ipv6: false }), client.settings.set({ udpEnabled: false })])
  expect(await client.settings.get({})).toMatchObject({ ipv6: false, udpEnabled: false })
  expect(await client.network.get({})).toMatchObject({ isUdpOn: false, udpPort: 0 })
})

test('a network that is to be another while the app leaves is refused, and nothing runs afterwards', async () => {
  const { client, host } = await hosts.start('lena')
  const started = vi.spyOn(EngineRunner, 'start')
  const { ipv6 } = await client.settings.get({})
  const leaving = host.stop()
  await expect(client.settings.set({ ipv6: !ipv6 })).rejects.toMatchObject({ code: ApiErrorCode.Impossible })
  expect(host.settings.settings.ipv6).toBe(ipv6)
  await leaving
  expect(started).not.toHaveBeenCalled()
  started.mockRestore()
})
