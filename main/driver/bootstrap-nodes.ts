import { lookup } from 'node:dns/promises'
import { Address, type NetworkScope } from '../base/address.ts'
import list from './bootstrap-nodes.json' with { type: 'json' }
import { effectiveScope, isWithin } from './network-scope.ts'

/** A node to begin with, as the list or a person names it. */
export interface BootstrapNode {
  /** An IPv4 or IPv6 address, or a name. */
  readonly host: string
  readonly udpPort: number
  /** DHT public key, 64 hex digits. */
  readonly dhtKey: string
}

export interface ResolvedBootstrapNode {
  readonly address: Address
  readonly dhtKey: string
}

/** Asks the system's resolver for one address of a name: of IPv4, unless it has none. */
export type ResolveHost = (host: string) => Promise<string>

const systemResolver: ResolveHost = async (host) => (await lookup(host, { order: 'ipv4first' })).address

/** Reads `HOST:PORT:DHTKEY`, where an IPv6 host may stand in brackets; undefined if it is anything else. */
export function parseBootstrapNode(text: string): BootstrapNode | undefined {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5}):([0-9a-fA-F]{64})$/.exec(text)
  const host = parts?.[1] ?? parts?.[2]
  const udpPort = Number(parts?.[3])
  const dhtKey = parts?.[4]?.toUpperCase()
  if (host === undefined || dhtKey === undefined || udpPort < 1 || udpPort > 65_535) return undefined
  return { host, udpPort, dhtKey }
}

/** The public Tox nodes, with scope `internet` only: any other network has none of them in it. */
export function publicBootstrapNodes(scope: NetworkScope): readonly BootstrapNode[] {
  return effectiveScope(scope) === 'internet' ? list.nodes : []
}

/**
 * Where those nodes are, as far as they lie within the scope. Names are looked up with scope `internet` only; one that
 * is not known is left out.
 */
export async function resolveBootstrapNodes(
  nodes: readonly BootstrapNode[],
  scope: NetworkScope,
  resolveHost: ResolveHost = systemResolver,
): Promise<ResolvedBootstrapNode[]> {
  const effective = effectiveScope(scope)
  const resolved = await Promise.all(nodes.map((node) => resolve(node, effective, resolveHost)))
  return resolved.filter((node) => node !== undefined)
}

async function resolve(
  { host, udpPort, dhtKey }: BootstrapNode,
  scope: NetworkScope,
  resolveHost: ResolveHost,
): Promise<ResolvedBootstrapNode | undefined> {
  const address =
    Address.parse(host, udpPort) ?? (scope === 'internet' ? await ask(host, udpPort, resolveHost) : undefined)
  return address && isWithin(scope, address) ? { address, dhtKey } : undefined
}

async function ask(host: string, udpPort: number, resolveHost: ResolveHost): Promise<Address | undefined> {
  try {
    return Address.parse(await resolveHost(host), udpPort)
  } catch {
    // An unknown name or no resolver: the other nodes will do.
    return undefined
  }
}
