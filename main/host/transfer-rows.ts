import { existsSync } from 'node:fs'
import type { TransferRow } from '../db/transfers.ts'
import { FileEndReason, FileState, type FileTransferView } from '../../shared/model/file.ts'
import { plainLine } from './plain-line.ts'
import { timestampOf } from './views.ts'

/** How a transfer ends, and in the system's words why where that is the file. */
export interface TransferEnd {
  readonly state: Extract<FileState, 'finished' | 'cancelled' | 'failed'>
  readonly reason?: FileEndReason
  readonly detail?: string
}

/** What is kept of a transfer that is over. What was received of one that did not end well is gone. */
export function endedRow(row: TransferRow, { state, reason, detail }: TransferEnd): TransferRow {
  const { name, sizeBytes, transferredBytes, fileId, unheard, path } = row.file
  const place = row.isOutgoing || state === 'finished' ? { path } : {}
  const kept = { name, sizeBytes, transferredBytes, fileId, unheard, ...place }
  return { ...row, state, file: { ...kept, reason, detail } }
}

export function transferViewOf(row: TransferRow, bytesPerSecond: number): FileTransferView {
  const { id, friend, isOutgoing, afterMessageId, isRead } = row
  const { name, sizeBytes, transferredBytes, path, reason, detail } = row.file
  const state = FileState.parse(row.state)
  // The person may have moved or removed what came.
  const isThere = path !== undefined && (isOutgoing || state !== 'finished' || existsSync(path))
  return {
    id,
    friend,
    direction: isOutgoing ? 'out' : 'in',
    afterMessageId,
    name: plainLine(name),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    transferredBytes,
    bytesPerSecond,
    startedAt: timestampOf(row.startedAt),
    ...(isThere ? { path } : {}),
    state,
    isRead,
    ...(reason === undefined ? {} : { reason: FileEndReason.parse(reason) }),
    ...(detail === undefined ? {} : { detail }),
  }
}
