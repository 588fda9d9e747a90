import { type ClipboardEvent, type DragEvent, useState } from 'react'
import { isToxId } from '../../../shared/tox-id.ts'
import { useTexts } from '../../text/voice.tsx'
import { bareToxId } from './tox-id-entry.ts'

/** Reads a Tox ID from a picture that is chosen, dropped or pasted. The decoder is loaded when it is first needed. */
export function useQrReader(onRead: (toxId: string) => void) {
  const t = useTexts()
  const [problem, setProblem] = useState<string>()
  const [isReading, setReading] = useState(false)

  const read = async (file: Blob): Promise<void> => {
    setReading(true)
    setProblem(undefined)
    try {
      const { readQr } = await import('./read-qr.ts')
      const text = await readQr(file)
      if (text === undefined) setProblem(t.friends.noQr)
      else if (isToxId(bareToxId(text))) onRead(bareToxId(text))
      else setProblem(t.friends.qrHasNoToxId)
    } catch {
      // Not a picture, or one that this browser cannot read: for the person that is the same.
      setProblem(t.errors.couldNot.readPicture)
    } finally {
      setReading(false)
    }
  }

  const take = (event: { preventDefault(): void }, files: FileList): void => {
    const picture = [...files].find(({ type }) => type.startsWith('image/'))
    if (!picture) return
    event.preventDefault()
    void read(picture)
  }
  return {
    problem,
    isReading,
    read,
    handlePaste: (event: ClipboardEvent) => take(event, event.clipboardData.files),
    handleDrop: (event: DragEvent) => take(event, event.dataTransfer.files),
  }
}
