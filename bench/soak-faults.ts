import type { Message, MessageState } from '../shared/model/message.ts'

/** What a sender may be told of a message that came, and of no other. */
const ARRIVED: ReadonlySet<MessageState> = new Set(['delivered', 'collected', 'read'])

/** What one person wrote to another, as both sides have it; no text twice. */
export interface Exchange {
  /** What the sender's app said it had taken, in this order. */
  readonly taken: readonly string[]
  /** The sender's history, oldest first. */
  readonly sent: readonly Pick<Message, 'text' | 'state'>[]
  /** The receiver's, oldest first. */
  readonly received: readonly string[]
}

/** What is wrong in words: everything has to be there once, in order, and said to be there. */
export function faultsOf({ taken, sent, received }: Exchange): string[] {
  const texts = sent.map(({ text }) => text)
  const known = new Set(texts)
  const there = new Set(received)
  const faults = [
    ...taken.filter((text) => !known.has(text)).map((text) => `"${text}" was taken and is not in the history`),
    ...texts.filter((text) => !there.has(text)).map((text) => `"${text}" did not come`),
    ...received.filter((text) => !known.has(text)).map((text) => `"${text}" came and was never written`),
    ...received.filter((text, at) => received.indexOf(text) !== at).map((text) => `"${text}" came again`),
    ...sent.filter(({ state }) => !ARRIVED.has(state)).map(({ text, state }) => `"${text}" is said to be ${state}`),
  ]
  const isInOrder = JSON.stringify(received) === JSON.stringify(texts)
  return faults.length > 0 || isInOrder ? faults : [`it came as ${received.join(', ')}`]
}
