import { en, type Texts } from './en.ts'
import { de } from './de.ts'
import { mirrored } from './pseudo-rtl.ts'

export type Language = 'en' | 'de' | 'pseudo-rtl'

/** What to format dates and numbers by, and which way to write. */
export interface Tongue {
  readonly language: Language
  readonly locale: string
  readonly direction: 'ltr' | 'rtl'
  readonly texts: Texts
}

const PSEUDO_RTL = mirrored(en)

/** The texts of the language that the settings ask for; `system` is what the computer speaks, English if we do not. */
export function tongueOf(setting: 'system' | Language, systemLanguages: readonly string[]): Tongue {
  const language = setting === 'system' ? spokenBy(systemLanguages) : setting
  switch (language) {
    case 'en':
      return { language, locale: localeOf('en', systemLanguages), direction: 'ltr', texts: en }
    case 'de':
      return { language, locale: localeOf('de', systemLanguages), direction: 'ltr', texts: de }
    case 'pseudo-rtl':
      return { language, locale: 'en', direction: 'rtl', texts: PSEUDO_RTL }
  }
}

function spokenBy(systemLanguages: readonly string[]): Language {
  for (const tag of systemLanguages) {
    const primary = tag.split('-')[0]
    if (primary === 'en' || primary === 'de') return primary
  }
  return 'en'
}

/** The computer's own variant of the language, for its dates and numbers: `de-AT`, `en-GB`. */
function localeOf(language: string, systemLanguages: readonly string[]): string {
  return systemLanguages.find((tag) => tag.split('-')[0] === language && isLocale(tag)) ?? language
}

/** Browsers hand on what the system is set to, as it is: `en-US@posix` is no language tag. */
function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
