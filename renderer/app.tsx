import { CSPProvider } from '@base-ui/react/csp-provider'
import { DirectionProvider } from '@base-ui/react/direction-provider'
import { lazy, Suspense, useMemo } from 'react'
import type { Shell } from '../shared/api/shell.ts'
import styles from './app.module.css'
import { AppContext, useAccount, useSettings } from './app-context.tsx'
import { useAppearance } from './appearance.ts'
import { Frame } from './features/frame/frame.tsx'
import { Opening } from './features/onboarding/opening.tsx'
import { useShellCommands } from './features/frame/use-shell-commands.ts'
import { LinkBanner } from './features/frame/link-banner.tsx'
import { Leaving } from './features/frame/leaving.tsx'
import { Toasts } from './features/frame/toasts.tsx'
import type { Stores } from './stores/stores.ts'
import { tongueOf } from './text/texts.ts'
import { VoiceContext, voiceOf } from './text/voice.tsx'
import { TooltipLayer } from './ui/tooltip-layer.tsx'

interface AppProps {
  readonly stores: Stores
  readonly shell: Shell<File>
}

export function App({ stores, shell }: AppProps) {
  const parts = useMemo(() => ({ stores, shell }), [stores, shell])
  return (
    <AppContext value={parts}>
      <Speaking />
    </AppContext>
  )
}

/** Everything below it speaks the person's language and looks as they chose. */
function Speaking() {
  const language = useSettings(({ settings }) => settings?.language) ?? 'system'
  const voice = useMemo(() => voiceOf(tongueOf(language, navigator.languages)), [language])
  useAppearance(voice)
  useShellCommands()
  return (
    <VoiceContext value={voice}>
      <DirectionProvider direction={voice.direction}>
        <CSPProvider disableStyleElements>
          <div className={styles.window}>
            <LinkBanner />
            <Screen />
          </div>
          <Toasts />
          <Leaving />
          <TooltipLayer />
        </CSPProvider>
      </DirectionProvider>
    </VoiceContext>
  )
}

const Welcome = lazy(async () => {
  const { Welcome: component } = await import('./features/onboarding/welcome.tsx')
  return { default: component }
})

/** Which screen: it follows from how far the profile is. */
function Screen() {
  const account = useAccount((state) => state.account)
  switch (account?.phase) {
    case undefined:
      return null
    case 'new':
    case 'locked':
    case 'failed':
      return (
        <Suspense>
          <Welcome account={account} />
        </Suspense>
      )
    case 'opening':
      return <Opening />
    case 'open':
      return <Frame />
  }
}
