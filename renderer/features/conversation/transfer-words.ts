import type { FileTransferView } from '../../../shared/model/file.ts'
import type { Formats } from '../../text/formats.ts'
import type { Texts } from '../../text/en.ts'

type Files = Texts['conversation']['files']

/** What can be done with a transfer in its state. */
export interface TransferActions {
  readonly canAccept: boolean
  readonly canPause: boolean
  readonly canResume: boolean
  readonly canCancel: boolean
  /** It is over: it can go from the history. */
  readonly canRemove: boolean
}

export function transferActions({ direction, state }: FileTransferView): TransferActions {
  const isOver = state === 'finished' || state === 'cancelled' || state === 'failed'
  return {
    canAccept: direction === 'in' && state === 'offered',
    canPause: state === 'running' || state === 'awaiting-friend',
    canResume: state === 'paused',
    canCancel: !isOver,
    canRemove: isOver,
  }
}

/** How much has gone over, 0 to 1; undefined where the size is not known. */
export function shareOf({ sizeBytes, transferredBytes }: FileTransferView): number | undefined {
  if (sizeBytes === undefined) return undefined
  return sizeBytes === 0 ? 1 : Math.min(1, transferredBytes / sizeBytes)
}

/** Seconds until it is over at the present speed; undefined while nobody can say. */
export function secondsLeft({
  sizeBytes,
  transferredBytes,
  bytesPerSecond,
  state,
}: FileTransferView): number | undefined {
  if (state !== 'running' || sizeBytes === undefined || bytesPerSecond <= 0) return undefined
  return Math.max(1, Math.ceil((sizeBytes - transferredBytes) / bytesPerSecond))
}

/** How the transfer stands, in words. */
export function transferWords(
  transfer: FileTransferView,
  name: string,
  { files }: Texts['conversation'],
  formats: Formats,
): string {
  const { direction, state } = transfer
  switch (state) {
    case 'offered':
      return direction === 'in' ? files.offersYou : files.offered(name)
    case 'running':
      return runningWords(transfer, files, formats)
    case 'paused':
      return files.paused
    case 'paused-by-friend':
      return files.pausedByFriend(name)
    case 'awaiting-friend':
      return direction === 'in' ? files.awaitingIn(name) : files.awaitingOut(name)
    case 'finished':
      return direction === 'in' ? files.finishedIn : files.finishedOut
    case 'cancelled':
    case 'failed':
      return endWords(transfer, name, files)
  }
}

function endWords({ state, reason, detail }: FileTransferView, name: string, files: Files): string {
  if (reason === undefined) return state === 'cancelled' ? files.cancelled : files.failed
  return reason === 'file' && detail !== undefined ? files.failedReason(detail) : files.ends[reason](name)
}

function runningWords(transfer: FileTransferView, files: Files, formats: Formats): string {
  const { sizeBytes, transferredBytes, bytesPerSecond } = transfer
  const done = formats.bytes(transferredBytes)
  const rate = formats.bytes(Math.round(bytesPerSecond))
  if (sizeBytes === undefined) return files.runningUnknown(done, rate)
  const words = files.running(done, formats.bytes(sizeBytes), rate)
  const left = secondsLeft(transfer)
  return left === undefined ? words : `${words}, ${files.timeLeft(formats.duration(left))}`
}
