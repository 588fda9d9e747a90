import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import type { AccountFailure, AccountPhase } from '../../shared/model/account.ts'
import { ProfileError } from './profile-error.ts'

/** How far the app is with the profile, and if it failed, why. */
export interface Standing {
  readonly phase: AccountPhase
  readonly reason?: string
  readonly failure?: AccountFailure
}

export function failedBy(error: unknown): Standing {
  const failure = error instanceof ProfileError && error.code === 'locked' ? 'in-use' : 'other'
  return { phase: 'failed', reason: error instanceof Error ? error.message : String(error), failure }
}

const PHASE_PROBLEMS = {
  new: 'there is no profile yet: create, import or restore one',
  locked: 'there is a profile already: unlock it',
  opening: 'the profile is just being opened',
  open: 'a profile is open already',
  failed: 'there is a profile that could not be opened: see why, then try again',
} as const

/** A call that is meant for another phase. */
export function wrongPhase(phase: AccountPhase): ApiError {
  return new ApiError(phase === 'opening' ? ApiErrorCode.Busy : ApiErrorCode.Conflict, PHASE_PROBLEMS[phase])
}

const ERROR_CODES = {
  wrongPassphrase: ApiErrorCode.WrongPassphrase,
  passphraseNeeded: ApiErrorCode.WrongPassphrase,
  unreadable: ApiErrorCode.Unreadable,
  locked: ApiErrorCode.Busy,
} as const

/** What went wrong with a profile, in the contract's words. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof ProfileError) return new ApiError(ERROR_CODES[error.code], error.message)
  return new ApiError(ApiErrorCode.Impossible, error instanceof Error ? error.message : String(error))
}
