import { useMemo, useRef, useState } from 'react'
import type { Friend } from '../../../shared/model/friend.ts'
import { useShell, useStores } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'
import { type FileFit, fileFit } from './file-fit.ts'

export interface Attachment {
  readonly id: number
  readonly file: File
  readonly fit: FileFit
}

/** Files chosen to be sent. What becomes of each follows the friend: one who comes online can take large ones. */
export function useAttachments(friend: Friend) {
  const t = useTexts().conversation.files
  const ask = useAsk()
  const shell = useShell()
  const { files: store } = useStores()
  const [chosen, setChosen] = useState<{ readonly nextId: number; readonly files: readonly Chosen[] }>(NONE)
  /** Who presses Enter twice sends no file twice: the first of them is on its way to the host for a while. */
  const underWay = useRef(new Set<number>())
  const attachments = useMemo(
    () => chosen.files.map(({ id, file }): Attachment => ({ id, file, fit: fileFit(file.size, friend) })),
    [chosen, friend],
  )
  const add = (files: readonly File[]) =>
    setChosen(({ nextId, files: before }) => ({
      nextId: nextId + files.length,
      files: [...before, ...files.map((file, index) => ({ id: nextId + index, file }))],
    }))
  const remove = (id: number) =>
    setChosen(({ nextId, files }) => ({ nextId, files: files.filter((one) => one.id !== id) }))

  /** Sends those that can be sent; the others, and those that failed, stay. */
  const sendAll = async () => {
    const taken = attachments.filter((one) => isSendable(one) && !underWay.current.has(one.id))
    for (const { id } of taken) underWay.current.add(id)
    for (const { id, file } of taken) {
      const isSent = await ask(t.sendFailed(file.name), async () => {
        await store.getState().send(friend.publicKey, await shell.hostPath(file))
      })
      underWay.current.delete(id)
      if (isSent) remove(id)
    }
  }
  return { attachments, add, remove, sendAll }
}

interface Chosen {
  readonly id: number
  readonly file: File
}

const NONE = { nextId: 1, files: [] }

export function isSendable({ fit }: Attachment): boolean {
  return fit === 'transfer' || fit === 'waits'
}
