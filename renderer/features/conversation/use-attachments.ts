import { useMemo } from 'react'
import type { Friend } from '../../../shared/model/friend.ts'
import { useShell, useStores, useUnsent } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import type { ChosenFile } from '../../stores/unsent-store.ts'
import { useTexts } from '../../text/voice.tsx'
import { type FileFit, fileFit } from './file-fit.ts'

export interface Attachment {
  readonly id: number
  readonly file: File
  readonly fit: FileFit
}

/** Files chosen to be sent, kept for each friend until they are. What becomes of each follows the friend: one who comes online can take large ones. */
export function useAttachments(friend: Friend) {
  const t = useTexts().conversation.files
  const ask = useAsk()
  const shell = useShell()
  const { files: store, unsent } = useStores()
  const chosen = useUnsent(({ files }) => files[friend.publicKey]) ?? NONE
  const attachments = useMemo(
    () => chosen.map(({ id, file }): Attachment => ({ id, file, fit: fileFit(file.size, friend) })),
    [chosen, friend],
  )
  const add = (files: readonly File[]) => unsent.getState().addFiles(friend.publicKey, files)
  const remove = (id: number) => unsent.getState().removeFile(friend.publicKey, id)

  /** Sends those that can be sent; the others, and those that failed, stay. */
  const sendAll = async () => {
    const sendable = attachments.filter(isSendable)
    const taken = unsent.getState().takeFiles(sendable.map(({ id }) => id))
    for (const { id, file } of sendable.filter((one) => taken.includes(one.id))) {
      const isSent = await ask(t.sendFailed(file.name), async () => {
        await store.getState().send(friend.publicKey, await shell.hostPath(file))
      })
      unsent.getState().letGo(id)
      if (isSent) remove(id)
    }
  }
  return { attachments, add, remove, sendAll }
}

const NONE: readonly ChosenFile[] = []

export function isSendable({ fit }: Attachment): boolean {
  return fit === 'transfer' || fit === 'waits'
}
