import { useProfile, useView } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ToxIdCard } from './tox-id-card.tsx'

export function OwnToxIdDialog() {
  const t = useTexts()
  const toxId = useProfile(({ profile }) => profile?.toxId)
  const close = useView((state) => state.closeOverlay)
  return (
    <Dialog
      isOpen={toxId !== undefined}
      onClose={close}
      title={t.friends.ownToxIdTitle}
      description={t.friends.ownToxIdBody}
    >
      {toxId !== undefined && <ToxIdCard toxId={toxId} />}
    </Dialog>
  )
}
