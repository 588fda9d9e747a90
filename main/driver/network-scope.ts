import type { Address, NetworkScope } from '../base/address.ts'

/** The environment variable that narrows every socket of the process; tests, demo and development set it to `loopback`. */
const SCOPE_VARIABLE = 'AMPOULE_NETWORK_SCOPE'

const WIDTH: Readonly<Record<NetworkScope, number>> = { loopback: 0, private: 1, internet: 2 }

function isScope(word: string): word is NetworkScope {
  return Object.hasOwn(WIDTH, word)
}

/**
 * The scope that holds: the one asked for, or a narrower one that the environment demands. The environment never widens.
 *
 * throws   Error if the environment names no scope: a slip of the pen must not open the internet
 */
export function effectiveScope(
  asked: NetworkScope,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): NetworkScope {
  const demanded = environment[SCOPE_VARIABLE]
  if (demanded === undefined || demanded === '') return asked
  if (!isScope(demanded)) throw new Error(`${SCOPE_VARIABLE} is "${demanded}", not loopback, private or internet`)
  return WIDTH[demanded] < WIDTH[asked] ? demanded : asked
}

/** Whether one host at that address may be talked to within `scope`. Broadcast and multicast are no host. */
export function isWithin(scope: NetworkScope, address: Address): boolean {
  return isHost(address) && WIDTH[address.scope] <= WIDTH[scope]
}

/** Peers name any bytes as an address: port 0, "this network", multicast, broadcast and reserved ones are refused. */
function isHost({ ip, port, isIpv4 }: Address): boolean {
  const first = ip[0] ?? 0
  if (port === 0) return false
  if (isIpv4) return first !== 0 && first < 224
  return first !== 0xff && ip.some((byte) => byte !== 0)
}
