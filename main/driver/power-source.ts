import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the computer runs on, as far as the system says. */
export type PowerSource = 'mains' | 'battery' | 'unknown'

const SUPPLIES = '/sys/class/power_supply'

/** Asks Linux; other systems have no such folder, and a computer without a battery runs on the mains. */
export function readPowerSource(folder = SUPPLIES): PowerSource {
  const supplies = suppliesIn(folder)
  if (!supplies) return 'unknown'
  const mains = supplies.filter(({ type }) => type === 'Mains' || type === 'USB')
  if (mains.some(({ isOnline }) => isOnline)) return 'mains'
  // Mice and headphones have batteries too, and say so.
  const batteries = supplies.filter(({ type, scope }) => type === 'Battery' && scope !== 'Device')
  return batteries.length > 0 ? 'battery' : 'mains'
}

interface Supply {
  readonly type: string | undefined
  readonly scope: string | undefined
  readonly isOnline: boolean
}

function suppliesIn(folder: string): Supply[] | undefined {
  try {
    return readdirSync(folder).map((name) => {
      const value = (file: string) => readValue(join(folder, name, file))
      return { type: value('type'), scope: value('scope'), isOnline: value('online') === '1' }
    })
  } catch {
    // No such system: nobody can say.
    return undefined
  }
}

function readValue(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    // A supply says only what it knows.
    return undefined
  }
}
