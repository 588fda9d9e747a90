import type { Jump } from '../../stores/jump.ts'
import { goalKeyOf, newestOwnIdOf, type Row } from './message-rows.ts'

/** What was done for the rows before. */
export interface Placed {
  /** Each wish is an object of its own. */
  readonly jump: Jump | undefined
  readonly newestOwnId: number
}

/** Where the list goes. */
export type Move =
  | { readonly kind: 'stay' }
  | { readonly kind: 'end' }
  | { readonly kind: 'jump'; readonly index: number }
  | { readonly kind: 'unread'; readonly index: number }

interface Standing {
  readonly rows: readonly Row[]
  readonly hasNewer: boolean
  readonly jump: Jump | undefined
  readonly follows: boolean
}

/** Where the list goes when its rows have changed or a jump is asked for. */
export function nextMove(placed: Placed | undefined, { rows, hasNewer, jump, follows }: Standing): Move {
  const goal = jump === undefined || jump === placed?.jump ? undefined : goalKeyOf(jump)
  const jumpIndex = goal === undefined ? -1 : rows.findIndex(({ key }) => key === goal)
  if (jumpIndex >= 0) return { kind: 'jump', index: jumpIndex }
  const unreadIndex = placed ? -1 : rows.findIndex(({ kind }) => kind === 'unread')
  if (unreadIndex >= 0) return { kind: 'unread', index: unreadIndex }
  const hasWritten = placed !== undefined && newestOwnIdOf(rows) > placed.newestOwnId
  return !hasNewer && (!placed || hasWritten || follows) ? { kind: 'end' } : { kind: 'stay' }
}
