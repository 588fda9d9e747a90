import type { Person } from './person.ts'

interface Waiting {
  readonly text: string
  readonly receipt: number
}

/** What a Tox client keeps of its messages to one friend: each of them until its receipt has come. */
export class Outbox {
  readonly #friend: string
  #waiting: Waiting[] = []

  constructor(friend: string) {
    this.#friend = friend
  }

  async send(person: Person, text: string): Promise<void> {
    this.#waiting.push({ text, receipt: await person.send(this.#friend, text) })
  }

  /** Forgets what `person`, alive or not, has had a receipt of. Returns what is left. */
  settle(person: Person): readonly string[] {
    const receipts = new Set(person.receiptsSoFar(this.#friend))
    this.#waiting = this.#waiting.filter(({ receipt }) => !receipts.has(receipt))
    return this.#waiting.map(({ text }) => text)
  }

  /** Sends all that is left once more, in order; our engine does so by itself. */
  async resend(person: Person): Promise<void> {
    if (person.isOurs) return
    this.settle(person)
    for (const { text } of this.#waiting.splice(0)) await this.send(person, text)
  }
}
