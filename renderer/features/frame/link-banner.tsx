import { useLink } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Banner } from '../../ui/banner.tsx'

/** Above everything else while the way to the host does not stand. */
export function LinkBanner() {
  const t = useTexts()
  const link = useLink((state) => state)
  if (link === 'lost') return <Banner kind="warning">{t.frame.linkLost}</Banner>
  if (link === 'refused') return <Banner kind="danger">{t.frame.linkRefused}</Banner>
  return null
}
