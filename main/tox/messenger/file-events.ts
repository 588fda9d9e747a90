import type { PublicKey } from '../../crypto/keys.ts'

export type FileKind = 'data' | 'avatar'
export type FileDirection = 'sending' | 'receiving'

/** Why a transfer is over. Our own `cancel` raises no event. */
export type FileEnding =
  /** All bytes were sent and acknowledged, or received. */
  | 'finished'
  /** The sender ended before the size it had named. */
  | 'incomplete'
  | 'cancelledByFriend'
  | 'disconnected'

/**
 * News of file transfers. `transferId` is ours and never used twice; `fileNumber` is the one on the wire, for traces.
 */
export type FileEvent =
  | {
      readonly kind: 'fileOffered'
      readonly friend: PublicKey
      readonly transferId: number
      readonly fileNumber: number
      readonly fileKind: FileKind
      /** undefined: the sender does not know it. */
      readonly size: number | undefined
      readonly fileId: Uint8Array
      readonly name: Uint8Array
    }
  | {
      readonly kind: 'fileAccepted' | 'filePaused' | 'fileResumed'
      readonly friend: PublicKey
      readonly transferId: number
      readonly fileNumber: number
      readonly direction: FileDirection
    }
  /** Asks the owner for bytes of a file it sends; answered by `provideChunk` with the same position. */
  | {
      readonly kind: 'chunkWanted'
      readonly friend: PublicKey
      readonly transferId: number
      readonly fileNumber: number
      readonly position: number
      readonly length: number
    }
  | {
      readonly kind: 'fileChunk'
      readonly friend: PublicKey
      readonly transferId: number
      readonly fileNumber: number
      readonly position: number
      readonly data: Uint8Array
    }
  | {
      readonly kind: 'fileEnded'
      readonly friend: PublicKey
      readonly transferId: number
      readonly fileNumber: number
      readonly direction: FileDirection
      readonly ending: FileEnding
    }
