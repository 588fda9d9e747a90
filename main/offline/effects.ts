/** What waits until the change before it is on disk. `friend` is a public key in hex. */
export type Effect =
  /** Tell the friend that these are on our disk. */
  | { readonly kind: 'taken'; readonly friend: string; readonly messageIds: readonly Uint8Array[] }
  /** Delete the record from the network. */
  | { readonly kind: 'delete'; readonly friend: string; readonly epochId: Uint8Array; readonly slot: number }
