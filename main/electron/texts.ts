import type { Settings } from '../../shared/model/settings.ts'
import { de } from './text/de.ts'
import { en, type ShellTexts } from './text/en.ts'

/**
 * The words of the chosen language. The one for checking layouts has none of its own here: menus are the system's to lay out.
 *
 * systemLocale  for example `de-AT`
 */
export function textsOf(language: Settings['language'], systemLocale: string): ShellTexts {
  const isGerman = language === 'de' || (language === 'system' && /^de\b/i.test(systemLocale))
  return isGerman ? de : en
}
