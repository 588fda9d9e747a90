export interface TypedNode {
  readonly host: string
  readonly port: string
  readonly dhtKey: string
}

export interface NodeEntry {
  readonly host: string
  readonly port: number
  readonly dhtKey: string
}

export type NodeFault = 'host' | 'port' | 'key'

const PORT_MAX = 65_535

/** A port from `least` (0 where it may mean "any free one") to 65,535; undefined for anything else. */
export function portOf(text: string, least: 0 | 1): number | undefined {
  if (!/^\d{1,5}$/.test(text.trim())) return undefined
  const port = Number(text)
  return port >= least && port <= PORT_MAX ? port : undefined
}

/** A bootstrap node as it was typed, or what is wrong with it. `HOST:PORT:KEY` pasted into the first field will do. */
export function nodeEntryOf(
  typed: TypedNode,
): { readonly entry: NodeEntry } | { readonly faults: ReadonlySet<NodeFault> } {
  const { host, port, dhtKey } = split(typed)
  const faults = new Set<NodeFault>()
  const number = portOf(port, 1)
  if (!/^[\p{L}\p{N}._:-]{1,253}$/u.test(host)) faults.add('host')
  if (number === undefined) faults.add('port')
  if (!/^[0-9a-fA-F]{64}$/.test(dhtKey)) faults.add('key')
  return faults.size === 0 && number !== undefined ? { entry: { host, port: number, dhtKey } } : { faults }
}

function split({ host, port, dhtKey }: TypedNode): TypedNode {
  const whole = /^(.+):(\d+):([0-9a-fA-F]{64})$/.exec(host.trim())
  const [, name = '', number = '', key = ''] = whole ?? ['', host.trim(), port.trim(), dhtKey.trim()]
  return { host: name.replace(/^\[(.*)\]$/, '$1'), port: number, dhtKey: key }
}
