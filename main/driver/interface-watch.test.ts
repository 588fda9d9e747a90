import { expect, test } from 'vitest'
import { InterfaceWatch } from './interface-watch.ts'

function infoOf(address: string, internal = false) {
  return { address, internal, netmask: '255.255.255.0', family: 'IPv4' as const, mac: '', cidr: null }
}

test('tells once that there are other addresses, and nothing while there are none', () => {
  let addresses = ['192.0.2.1']
  const watch = new InterfaceWatch(() => ({
    lo: [infoOf('127.0.0.1', true)],
    eth0: addresses.map((each) => infoOf(each)),
  }))
  expect(watch.hasChanged()).toBe(false)
  addresses = ['192.0.2.1', '198.51.100.7']
  expect([watch.hasChanged(), watch.hasChanged()]).toEqual([true, false])
  addresses = ['198.51.100.7', '192.0.2.1']
  expect(watch.hasChanged()).toBe(false)
  addresses = []
  expect(watch.hasChanged()).toBe(false)
  addresses = ['198.51.100.7']
  expect(watch.hasChanged()).toBe(true)
})

test('where the system does not tell its addresses, nothing changes and nothing breaks', () => {
  const watch = new InterfaceWatch(() => {
    throw new Error('uv_interface_addresses returned Unknown system error 13')
  })
  expect(watch.hasChanged()).toBe(false)
})
