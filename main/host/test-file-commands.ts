import { toHex, utf8Decode } from '../base/bytes.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { FileCommands } from '../engine/events.ts'
import type { FileToSend } from '../tox/messenger/file-transfers.ts'

/** File commands that are noted, and answered as the test says. */
export function createFileCommands() {
  const calls: [name: string, transferId: number, position?: number][] = []
  const offers: { readonly name: string; readonly size: number; readonly fileId: string }[] = []
  const chunks: { readonly position: number; readonly text: string }[] = []
  const answers = { offer: 'offered', other: 'done' } as { offer: string; other: 'done' | 'unknown' }
  let nextId = 41
  const noted = (name: string) => (transferId: number) => {
    calls.push([name, transferId])
    return { kind: answers.other }
  }
  const commands = {
    offer: (_friend: PublicKey, { name, size = 0, fileId = new Uint8Array(0) }: FileToSend) => {
      if (answers.offer !== 'offered') return { kind: answers.offer }
      offers.push({ name: utf8Decode(name), size, fileId: toHex(fileId) })
      return { kind: 'offered', transferId: (nextId += 1) }
    },
    accept: noted('accept'),
    pause: noted('pause'),
    resume: noted('resume'),
    cancel: noted('cancel'),
    seek: (transferId: number, position: number) => {
      calls.push(['seek', transferId, position])
      return { kind: answers.other }
    },
    provideChunk: (_transferId: number, position: number, data: Uint8Array) => {
      chunks.push({ position, text: Buffer.from(data).toString() })
      return 'taken'
    },
  }
  // Only what this app calls is played.
  return { commands: commands as unknown as FileCommands, calls, offers, chunks, answers }
}
