import { expect, test } from 'vitest'
import { settings } from '../../text/en/settings.ts'
import { isRoleAsSet, roleWords } from './role-words.ts'

const t = settings.role

test('says that it stores, or why not', () => {
  expect(roleWords({ role: 'storage', isUdpOn: true }, t)).toBe(t.storage)
  expect(roleWords({ role: 'client', roleReason: 'unreachable', isUdpOn: true }, t)).toBe(t.unreachable)
  expect(roleWords({ role: 'client', roleReason: 'unreachable', isUdpOn: false }, t)).toBe(t.networkOff)
})

test('a reason of a later version is taken for joining', () => {
  expect(roleWords({ role: 'client', roleReason: 'toString', isUdpOn: true }, t)).toBe(t.joining)
})

test('storage that is switched off is said, and is nothing to warn of', () => {
  const off = { role: 'client', roleReason: 'notWanted', isUdpOn: true } as const
  expect(roleWords(off, t)).toBe(t.notWanted)
  expect(isRoleAsSet(off)).toBe(true)
  expect(isRoleAsSet({ role: 'storage', isUdpOn: true })).toBe(true)
  expect(isRoleAsSet({ ...off, roleReason: 'joining' })).toBe(false)
  expect(isRoleAsSet({ ...off, isUdpOn: false })).toBe(false)
})
