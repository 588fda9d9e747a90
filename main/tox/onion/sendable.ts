import type { Address } from '../../base/address.ts'
import { isAllZero } from '../../base/bytes.ts'

/** Whether a stranger may name this address as a destination: one host, one port. */
export function isSendable(address: Address): boolean {
  const first = address.ip[0] ?? 0
  const isMulticast = address.isIpv4 ? first >= 224 : first === 0xff
  return address.port !== 0 && !isMulticast && !isAllZero(address.ip)
}
