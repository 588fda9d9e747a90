import { initial } from './0010-initial.ts'
import { fileTransfers } from './0020-file-transfers.ts'
import { transferPlaces } from './0030-transfer-places.ts'

export interface Migration {
  readonly version: number
  readonly sql: string
}

/** In the order they are applied; numbers leave room between. */
export const migrations: readonly Migration[] = [initial, fileTransfers, transferPlaces]
