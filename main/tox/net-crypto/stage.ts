import type { Instant } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { Attempt } from './attempt.ts'
import type { Session } from './session.ts'

/** How far a connection has come. */
export type Stage =
  /** Nothing under way. `beginAt` ends a pause. */
  | { readonly kind: 'idle'; readonly beginAt: Instant | undefined }
  | { readonly kind: 'cookieRequesting'; readonly attempt: Attempt; readonly echo: Uint8Array }
  | { readonly kind: 'handshakeSent'; readonly attempt: Attempt }
  | AcceptedStage
  | EstablishedStage

/** We have the peer's handshake; whether it has ours is not known yet. */
export interface AcceptedStage extends Met {
  readonly kind: 'accepted'
  readonly attempt: Attempt
}

/** Both sides have shown that they hold the key. */
interface EstablishedStage extends Met {
  readonly kind: 'established'
}

/** The session, with whom, and since when. */
interface Met {
  readonly session: Session
  readonly dhtKey: PublicKey
  readonly peerSessionKey: PublicKey
  /** When the peer's handshake was taken, in whole milliseconds as in cookies. */
  readonly startedAt: Instant
}

export const IDLE: Stage = { kind: 'idle', beginAt: undefined }

export function metIn(stage: Stage): Met | undefined {
  return stage.kind === 'accepted' || stage.kind === 'established' ? stage : undefined
}

export function attemptIn(stage: Stage): Attempt | undefined {
  return stage.kind === 'idle' || stage.kind === 'established' ? undefined : stage.attempt
}

/** Wipes the keys that the stage holds. */
export function wipeStage(stage: Stage): void {
  attemptIn(stage)?.wipe()
  metIn(stage)?.session.wipe()
}
