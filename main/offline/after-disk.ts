/** Effects that wait until what they rest on is on disk: acknowledgements and deletions. */
export class AfterDisk<E> {
  #fresh: E[] = []
  #waiting: { readonly sequence: number; readonly effect: E }[] = []
  #persistedSequence = 0

  /** Waits for the change that this input ends with. */
  push(effect: E): void {
    this.#fresh.push(effect)
  }

  /** The input is over; its last change has this number. */
  stamp(sequence: number): void {
    for (const effect of this.#fresh) this.#waiting.push({ sequence, effect })
    this.#fresh = []
  }

  /** All changes up to `sequence` are on disk. */
  persisted(sequence: number): void {
    this.#persistedSequence = Math.max(this.#persistedSequence, sequence)
  }

  /** The next effect that waits no longer. */
  poll(): E | undefined {
    const [first] = this.#waiting
    if (!first || first.sequence > this.#persistedSequence) return undefined
    this.#waiting.shift()
    return first.effect
  }
}
