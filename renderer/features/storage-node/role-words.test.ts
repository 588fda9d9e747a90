import { expect, test } from 'vitest'
import { settings } from '../../text/en/settings.ts'
import { roleWords } from './role-words.ts'

const t = settings.role

test('says that it stores, or why not', () => {
  expect(roleWords({ role: 'storage', isUdpOn: true }, t)).toBe(t.storage)
  expect(roleWords({ role: 'client', roleReason: 'unreachable', isUdpOn: true }, t)).toBe(t.unreachable)
  expect(roleWords({ role: 'client', roleReason: 'unreachable', isUdpOn: false }, t)).toBe(t.networkOff)
})

test('a reason of a later version is taken for joining', () => {
  expect(roleWords({ role: 'client', roleReason: 'toString', isUdpOn: true }, t)).toBe(t.joining)
})
