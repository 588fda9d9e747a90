import { Copy, Link } from 'lucide-react'
import { useState } from 'react'
import { useStores } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { Grouped } from '../../ui/grouped.tsx'
import { QrCode } from './qr-code.tsx'
import styles from './tox-id-card.module.css'

/** A Tox ID to give away: as text, as link and as QR code. */
export function ToxIdCard({ toxId }: { readonly toxId: string }) {
  const t = useTexts()
  const copy = useCopy()
  return (
    <div className={styles.card}>
      <QrCode text={`tox:${toxId}`} label={t.friends.qrOfToxId} />
      <Grouped className={styles.id} text={toxId} size={4} aria-label={t.friends.ownToxIdTitle} />
      <div className={styles.actions}>
        <Button icon={<Copy />} onClick={() => void copy.run('id', toxId)}>
          {copy.done === 'id' ? t.common.copied : t.friends.copyToxId}
        </Button>
        <Button kind="quiet" icon={<Link />} onClick={() => void copy.run('link', `tox:${toxId}`)}>
          {copy.done === 'link' ? t.common.copied : t.friends.copyLink}
        </Button>
      </div>
    </div>
  )
}

const DONE_SHOWN_MS = 2_000

function useCopy() {
  const t = useTexts()
  const { toasts } = useStores()
  const [done, setDone] = useState<string>()
  const run = async (name: string, text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setDone(name)
      setTimeout(() => setDone(undefined), DONE_SHOWN_MS)
    } catch {
      // The browser says no without a reason that would help anybody.
      toasts.getState().show({ kind: 'error', title: t.errors.couldNot.copy, body: t.errors.copyBlocked })
    }
  }
  return { done, run }
}
