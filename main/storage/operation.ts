import type { Instant } from '../base/time.ts'
import type { OperationId } from './storage-events.ts'

/** One command of the storage client, from its lookups to its `finished`. */
export interface Operation {
  readonly operationId: OperationId
  readonly isOver: boolean
  start(now: Instant): void
  /** Ends it: nothing more is sent, no puzzle begun; `finished` says cancelled. */
  cancel(now: Instant): void
  nextTimeout(): Instant | undefined
  handleTimeout(now: Instant): void
}
