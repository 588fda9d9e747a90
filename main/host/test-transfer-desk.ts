import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromHex, utf8Encode } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { DataCipher } from '../crypto/data-cipher.ts'
import { PublicKey } from '../crypto/keys.ts'
import { ProfileDatabase } from '../db/profile-database.ts'
import type { EngineEvent } from '../engine/events.ts'
import type { FileTransferView } from '../../shared/model/file.ts'
import { FileTransfers } from './file-transfers.ts'
import { createFileCommands } from './test-file-commands.ts'

export type FileEnding = Extract<EngineEvent, { readonly kind: 'fileEnded' }>['ending']

export const FRIEND = 'AB'.repeat(32)
export const NOW = 1_700_000_000_000
export const friend = new PublicKey(fromHex(FRIEND))
const ALL = Number.MAX_SAFE_INTEGER

interface Offer {
  readonly from?: PublicKey
  readonly fileKind?: 'data' | 'avatar'
  readonly size?: number | undefined
  readonly fileId?: number
}

export function listed(files: FileTransfers): FileTransferView[] {
  return files.book.list(FRIEND, ALL, 200)
}

/** One person's file transfers on a real disk and database, above an engine that is played. */
export class TransferDesk {
  readonly folder = mkdtempSync(join(tmpdir(), 'ampoule-files-'))
  database = this.#open()

  #open(): ProfileDatabase {
    return new ProfileDatabase(join(this.folder, 'db'), new DataCipher(new Uint8Array(32), new SeededRandom(1)))
  }

  /** The app as it is when it has started. */
  start({ now = NOW, areSourcesKept = true } = {}) {
    const played = createFileCommands()
    const told: FileTransferView[] = []
    const offers: string[] = []
    const friends: string[] = []
    const removed: number[] = []
    const files = new FileTransfers({
      database: this.database,
      now,
      areSourcesKept,
      files: (use) => use(played.commands),
      onChanged: (view) => told.push(view),
      onOffered: ({ name }) => offers.push(name),
      onRemoved: (id) => removed.push(id),
      onFriendChanged: (publicKey) => friends.push(publicKey),
    })
    const about = (transferId: number) => ({ friend, transferId, fileNumber: 0 }) as const
    return {
      ...played,
      sent: played.offers,
      files,
      told,
      offers,
      friends,
      removed,
      offered: (
        transferId: number,
        { from = friend, fileKind = 'data', fileId = transferId, ...more }: Offer = {},
      ): void => {
        const size = 'size' in more ? more.size : 5
        const content = { fileKind, size, fileId: new Uint8Array(32).fill(fileId), name: utf8Encode('in.txt') }
        files.handleEvent({ ...about(transferId), kind: 'fileOffered', friend: from, ...content }, NOW)
      },
      chunk: (transferId: number, position: number, text: string): void => {
        files.handleEvent({ ...about(transferId), kind: 'fileChunk', position, data: utf8Encode(text) }, NOW)
      },
      wanted: (transferId: number, position: number, length: number): void => {
        files.handleEvent({ ...about(transferId), kind: 'chunkWanted', position, length }, NOW)
      },
      control: (transferId: number, kind: 'fileAccepted' | 'filePaused' | 'fileResumed'): void => {
        files.handleEvent({ ...about(transferId), kind, direction: 'receiving' }, NOW)
      },
      ended: (transferId: number, ending: FileEnding, at = NOW): void => {
        files.handleEvent({ ...about(transferId), kind: 'fileEnded', direction: 'receiving', ending }, at)
      },
    }
  }

  /** The app as it is after another start, whether it was ended or killed. */
  again(options: { readonly now?: number; readonly areSourcesKept?: boolean } = {}): ReturnType<TransferDesk['start']> {
    this.database.close()
    this.database = this.#open()
    return this.start(options)
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  file(name: string, content: string): string {
    writeFileSync(this.path(name), content)
    return this.path(name)
  }

  end(): void {
    this.database.close()
    rmSync(this.folder, { recursive: true })
  }
}
