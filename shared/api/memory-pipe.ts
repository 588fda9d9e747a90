import type { Pipe } from './rpc.ts'

/** Both ends of a pipe in one process. Frames sent before the other end listens are kept for it. */
export function createMemoryPipes(): [Pipe, Pipe] {
  const left = new MemoryEnd()
  const right = new MemoryEnd()
  left.other = right
  right.other = left
  return [left, right]
}

class MemoryEnd implements Pipe {
  other: MemoryEnd | undefined
  #listener: ((frame: string) => void) | undefined
  #early: string[] = []

  send(frame: string): void {
    this.other?.receive(frame)
  }

  onFrame(listener: (frame: string) => void): void {
    this.#listener = listener
    const early = this.#early
    this.#early = []
    for (const frame of early) listener(frame)
  }

  receive(frame: string): void {
    if (this.#listener) this.#listener(frame)
    else this.#early.push(frame)
  }
}
