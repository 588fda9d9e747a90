import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type BootstrapNode, parseBootstrapNode } from '../driver/bootstrap-nodes.ts'
import { type Opened, openedBy } from './links.ts'
import { HIDDEN_SWITCH } from './login-item.ts'

/** What the app was started with. Electron and Chromium have switches of their own: unknown ones are let be. */
export interface StartOptions {
  /** Keeps everything of this run in a folder of its own, beside other instances; undefined is the person's own. */
  readonly dataFolder: string | undefined
  readonly bootstrap: readonly BootstrapNode[]
  /** undefined: as the settings say. */
  readonly udpPort: number | undefined
  readonly lanDiscovery: boolean
  readonly isHidden: boolean
  readonly opened: Opened
}

const OPTIONS = {
  data: { type: 'string' },
  bootstrap: { type: 'string', multiple: true },
  'udp-port': { type: 'string' },
  'no-lan': { type: 'boolean' },
  [HIDDEN_SWITCH.slice(2)]: { type: 'boolean' },
} as const

/** Reads `--data DIR`, `--bootstrap HOST:PORT:DHTKEY` (several), `--udp-port N`, `--no-lan`, `--hidden`, links and savefiles. */
export function parseStartOptions(args: readonly string[], workingFolder: string): StartOptions {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: false, allowPositionals: true })
  const data = textOf(values['data'])
  const ports = texts(values['udp-port']).map(Number)
  return {
    dataFolder: data === undefined ? undefined : resolve(workingFolder, data),
    bootstrap: texts(values['bootstrap'])
      .map(parseBootstrapNode)
      .filter((node) => node !== undefined),
    udpPort: ports.find((port) => Number.isInteger(port) && port >= 0 && port <= 65_535),
    lanDiscovery: values['no-lan'] !== true,
    isHidden: args.includes(HIDDEN_SWITCH),
    opened: openedBy(args, workingFolder),
  }
}

function textOf(value: unknown): string | undefined {
  return texts(value)[0]
}

/** Without `strict` a switch that lacks its value is `true`. */
function texts(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((text) => typeof text === 'string')
}
