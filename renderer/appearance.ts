import { useEffect } from 'react'
import { useSettings } from './app-context.tsx'
import type { Voice } from './text/voice.tsx'

/** Puts theme, size of text, motion, language and direction on the root element, where the stylesheets look. */
export function useAppearance({ language, direction, locale }: Voice): void {
  const theme = useSettings(({ settings }) => settings?.theme) ?? 'system'
  const textScale = useSettings(({ settings }) => settings?.textScale) ?? 1
  const reducedMotion = useSettings(({ settings }) => settings?.reducedMotion) ?? 'system'
  useEffect(() => {
    const root = document.documentElement
    root.lang = language === 'pseudo-rtl' ? 'ar' : locale
    root.dir = direction
    if (theme === 'system') delete root.dataset['theme']
    else root.dataset['theme'] = theme
    if (reducedMotion === 'system') delete root.dataset['motion']
    else root.dataset['motion'] = 'reduced'
    root.style.setProperty('--text-scale', String(textScale))
  }, [language, direction, locale, theme, textScale, reducedMotion])
}
