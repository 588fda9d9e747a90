import type { SettingsTable } from '../db/settings.ts'

/** A settings table in memory that keeps what JSON keeps. */
export function createMemorySettings(stored: Readonly<Record<string, unknown>> = {}) {
  const values = new Map(Object.entries(stored))
  const table: Pick<SettingsTable, 'get' | 'set'> = {
    get: (name) => values.get(name),
    set: (name, value) => void values.set(name, JSON.parse(JSON.stringify(value))),
  }
  return { table, values }
}
