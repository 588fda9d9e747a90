import { expect, test } from 'vitest'
import { MINUTE_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { VAULT_LIMITS_DEFAULT } from '../storage/quota.ts'
import { createMemoryVault } from '../storage/vault-memory.ts'
import { network, placed, run, START } from './test-engines.ts'

await sodiumReady

test('shows role, keys and counts of a node among others', () => {
  const { nodes, now } = network(3)
  for (const { engine } of nodes) {
    const { rttMs, ...view } = engine.network.view(now)
    expect(rttMs).toBeGreaterThan(0)
    expect(view).toEqual({
      dhtKey: engine.tox.dht.publicKey.hex,
      connected: true,
      dhtNodes: 2,
      storageNodes: 2,
      role: 'storage',
      roleReason: undefined,
    })
  }
})

test('says why a node does not store yet', () => {
  expect(placed(1).engine.network.view(START)).toMatchObject({
    connected: false,
    role: 'client',
    roleReason: 'joining',
  })
})

test('says from the start that storing is switched off', () => {
  const vault = createMemoryVault({ ringCount: 3, limits: { ...VAULT_LIMITS_DEFAULT, allocationBytes: 0 } })
  const off = placed(1, { vault })
  expect(off.engine.network.view(START)).toMatchObject({ role: 'client', roleReason: 'notWanted' })
  const later = run([off], START, MINUTE_MS)
  expect(off.engine.network.view(later)).toMatchObject({ role: 'client', roleReason: 'notWanted' })
  off.engine.command(() => off.engine.storage.setLimits(VAULT_LIMITS_DEFAULT, later), later)
  expect(off.engine.network.view(later)).toMatchObject({ role: 'client', roleReason: 'joining' })
})

test('draws every ring: own range, neighbours and their places, which add up to the circle', () => {
  const { nodes } = network(3)
  const views = nodes.map(({ engine }) => engine.network.rings())
  expect(views.map((rings) => rings.length)).toEqual([3, 3, 3])
  for (let ring = 0; ring < 3; ring += 1) {
    const own = views.map((rings) => rings[ring])
    const places = own.map((view) => view?.place ?? -1)
    const covered = own.map((view) => ((view?.ownRange?.to ?? 0) - (view?.ownRange?.from ?? 0) + 2 ** 48) % 2 ** 48)
    expect(covered.reduce((sum, length) => sum + length, 0)).toBe(2 ** 48)
    for (const view of own) {
      const known = view?.successors.map(({ place }) => place) ?? []
      expect(known).toHaveLength(2)
      for (const place of known) expect(places).toContain(place)
    }
  }
})
