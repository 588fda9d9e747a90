import { expect, test } from 'vitest'
import { silentLog } from './log.ts'

test('the silent log takes every level and gives nothing', () => {
  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) {
    expect(silentLog.write(level, 'x', { count: 1 })).toBeUndefined()
  }
})
