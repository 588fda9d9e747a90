import type { Settings, SettingsChange } from '../../../shared/model/settings.ts'
import { useSettings, useStores } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'

/** The settings as they are, and how to change them. Undefined only before a profile is open, when no page is shown. */
export function useSettingsAndChange(): { settings: Settings | undefined; change: (change: SettingsChange) => void } {
  const settings = useSettings((state) => state.settings)
  const stores = useStores()
  const ask = useAsk()
  const t = useTexts()
  return {
    settings,
    change: (change) => void ask(t.settings.notKept, () => stores.settings.getState().change(change)),
  }
}
