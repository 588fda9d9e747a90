import type { MessengerEvent } from '../tox/messenger/messenger-events.ts'

/** News for the owner of an engine. */
export type EngineEvent =
  | MessengerEvent
  /** Whether any node of Tox's DHT answers. */
  | { readonly kind: 'dhtConnected'; readonly isConnected: boolean }
