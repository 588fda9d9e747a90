import type { Network } from '../../../shared/model/network.ts'
import type { Texts } from '../../text/en.ts'

type RoleTexts = Texts['settings']['role']

/** Why this computer can or cannot store for others, in words. */
export function roleWords(
  { role, roleReason, isUdpOn }: Pick<Network, 'role' | 'roleReason' | 'isUdpOn'>,
  t: RoleTexts,
): string {
  if (!isUdpOn) return t.networkOff
  if (role === 'storage') return t.storage
  return roleReason !== undefined && isKnown(roleReason, t) ? t[roleReason] : t.joining
}

/** Whether it stores, or was told not to: nothing that a person would have to mend. */
export function isRoleAsSet({ role, roleReason, isUdpOn }: Pick<Network, 'role' | 'roleReason' | 'isUdpOn'>): boolean {
  return role === 'storage' || (isUdpOn && roleReason === 'notWanted')
}

function isKnown(reason: string, t: RoleTexts): reason is keyof RoleTexts {
  return Object.hasOwn(t, reason)
}
