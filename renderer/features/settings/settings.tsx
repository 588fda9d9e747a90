import { ArrowLeft } from 'lucide-react'
import { useView } from '../../app-context.tsx'
import type { SettingsPageName } from '../../stores/view-store.ts'
import { useTexts } from '../../text/voice.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { SplitView } from '../frame/split-view.tsx'

/** Settings, a view of their own: pages at the side, the chosen one in the middle. */
export function Settings({ page }: { readonly page: SettingsPageName | undefined }) {
  const t = useTexts()
  const goHome = useView((state) => state.goHome)
  return (
    <SplitView
      sideLabel={t.common.settings}
      side={
        <header>
          <IconButton label={t.common.back} icon={<ArrowLeft />} onClick={goHome} />
          <h1>{t.common.settings}</h1>
        </header>
      }
      mainLabel={t.common.settings}
      main={null}
      isMainShown={page !== undefined}
    />
  )
}
