import { useMemo, useState } from 'react'
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
    for (const { id, file } of attachments.filter(isSendable)) {
      const isSent = await ask(t.sendFailed(file.name), async () => {
        await store.getState().send(friend.publicKey, await shell.hostPath(file))
      })
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
