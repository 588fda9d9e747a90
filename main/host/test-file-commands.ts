import type { FileCommands } from '../engine/events.ts'

/** File commands that are noted, and answered as the test says. */
export function createFileCommands() {
  const calls: [name: string, transferId: number][] = []
  const chunks: { readonly position: number; readonly text: string }[] = []
  const answers = { offer: 'offered', other: 'done' } as { offer: string; other: 'done' | 'unknown' }
  let nextId = 41
  const noted = (name: string) => (transferId: number) => {
    calls.push([name, transferId])
    return { kind: answers.other }
  }
  const commands = {
    offer: () => ({ kind: answers.offer, transferId: (nextId += 1) }),
    accept: noted('accept'),
    pause: noted('pause'),
    resume: noted('resume'),
    cancel: noted('cancel'),
    provideChunk: (_transferId: number, position: number, data: Uint8Array) => {
      chunks.push({ position, text: Buffer.from(data).toString() })
      return 'taken'
    },
  }
  // Only what this app calls is played.
  return { commands: commands as unknown as FileCommands, calls, chunks, answers }
}
