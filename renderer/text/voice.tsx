import { createContext, useContext } from 'react'
import { createFormats, type Formats } from './formats.ts'
import type { Texts } from './en.ts'
import { type Tongue, tongueOf } from './texts.ts'

export interface Voice extends Tongue {
  readonly formats: Formats
}

export function voiceOf(tongue: Tongue): Voice {
  return { ...tongue, formats: createFormats(tongue.locale) }
}

export const VoiceContext = createContext<Voice>(voiceOf(tongueOf('en', ['en'])))

/** Every sentence a person reads comes from here: `const t = useTexts()`, `t.friends.addFriend`. */
export function useTexts(): Texts {
  return useContext(VoiceContext).texts
}

/** Dates, sizes and durations as the person writes them. */
export function useFormats(): Formats {
  return useContext(VoiceContext).formats
}

/** The whole language, for what depends on direction or locale. */
export function useVoice(): Voice {
  return useContext(VoiceContext)
}
