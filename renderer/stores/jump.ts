/** What to go to in a conversation. */
export interface Jump {
  /** The message, or the one that the file stands after; 0 if it stands before all. */
  readonly messageId: number
  readonly transferId?: number
}
