import type { PublicKey } from '../../crypto/keys.ts'
import type { UserStatus } from '../user-status.ts'
import type { FileEvent } from './file-events.ts'

export type MessageKind = 'message' | 'action'

/** News for the owner above. `friend` is always the long-term key; texts are the bytes as sent, which need not be UTF-8. */
export type MessengerEvent =
  | { readonly kind: 'friendRequest'; readonly sender: PublicKey; readonly message: Uint8Array }
  | { readonly kind: 'friendOnline'; readonly friend: PublicKey }
  | { readonly kind: 'friendOffline'; readonly friend: PublicKey }
  | { readonly kind: 'nameChanged'; readonly friend: PublicKey; readonly name: Uint8Array }
  | { readonly kind: 'statusMessageChanged'; readonly friend: PublicKey; readonly statusMessage: Uint8Array }
  | { readonly kind: 'statusChanged'; readonly friend: PublicKey; readonly status: UserStatus }
  | { readonly kind: 'typingChanged'; readonly friend: PublicKey; readonly isTyping: boolean }
  | {
      readonly kind: 'message'
      readonly friend: PublicKey
      readonly messageKind: MessageKind
      readonly text: Uint8Array
    }
  /** The friend's net_crypto took the message with this id, in order. */
  | { readonly kind: 'receipt'; readonly friend: PublicKey; readonly receiptId: number }
  /** The connection ended before these were acknowledged: the owner sends them again, or otherwise. */
  | { readonly kind: 'unreceipted'; readonly friend: PublicKey; readonly receiptIds: readonly number[] }
  /** A packet whose first byte, 160 to 191, is `data[0]`; in order with the messages around it. */
  | { readonly kind: 'custom'; readonly friend: PublicKey; readonly data: Uint8Array }
  | { readonly kind: 'connected'; readonly isConnected: boolean }
  /** Something that the savefile keeps has changed. */
  | { readonly kind: 'changed' }
  | FileEvent
