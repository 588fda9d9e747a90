import {
  ArrowLeft,
  Bell,
  Database,
  Gauge,
  Globe,
  Info,
  type LucideIcon,
  Palette,
  Save,
  Shield,
  User,
} from 'lucide-react'
import { type ComponentType, useEffect, useRef } from 'react'
import { useStores } from '../../app-context.tsx'
import { SETTINGS_PAGES, type SettingsPageName } from '../../stores/view-store.ts'
import { useTexts } from '../../text/voice.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { SplitView } from '../frame/split-view.tsx'
import { NetworkPage } from '../network/network-page.tsx'
import { StoragePage } from '../storage-node/storage-page.tsx'
import { AboutPage } from './about-page.tsx'
import { AppearancePage } from './appearance-page.tsx'
import { BackupPage } from './backup-page.tsx'
import { NotificationsPage } from './notifications-page.tsx'
import { PrivacyPage } from './privacy-page.tsx'
import { ProfilePage } from './profile-page.tsx'
import { ProofPage } from './proof-page.tsx'
import styles from './settings.module.css'

const PAGES: Record<SettingsPageName, { readonly icon: LucideIcon; readonly Page: ComponentType }> = {
  profile: { icon: User, Page: ProfilePage },
  storage: { icon: Database, Page: StoragePage },
  proof: { icon: Gauge, Page: ProofPage },
  network: { icon: Globe, Page: NetworkPage },
  privacy: { icon: Shield, Page: PrivacyPage },
  notifications: { icon: Bell, Page: NotificationsPage },
  appearance: { icon: Palette, Page: AppearancePage },
  backup: { icon: Save, Page: BackupPage },
  about: { icon: Info, Page: AboutPage },
}

/** The settings, a view of their own: the pages at the side, the chosen one in the middle; at first the profile. */
export function Settings({ page }: { readonly page: SettingsPageName | undefined }) {
  const t = useTexts().settings
  const shown = page ?? 'profile'
  return (
    <SplitView
      sideLabel={t.title}
      side={<PageList page={shown} />}
      mainLabel={t.pages[shown]}
      main={<ChosenPage key={shown} page={shown} />}
      isMainShown={page !== undefined}
    />
  )
}

function PageList({ page }: { readonly page: SettingsPageName }) {
  const t = useTexts()
  const { view } = useStores()
  return (
    <>
      <header className={styles.header}>
        <IconButton label={t.common.back} icon={<ArrowLeft data-mirrors />} onClick={() => view.getState().goHome()} />
        <h1>{t.settings.title}</h1>
      </header>
      <nav aria-label={t.settings.title} className={styles.pages}>
        {SETTINGS_PAGES.map((name) => {
          const { icon: Icon } = PAGES[name]
          return (
            <button
              key={name}
              type="button"
              className={styles.entry}
              aria-current={name === page ? 'page' : undefined}
              onClick={() => view.getState().openSettings(name)}
            >
              <Icon aria-hidden="true" />
              {t.settings.pages[name]}
            </button>
          )
        })}
      </nav>
    </>
  )
}

function ChosenPage({ page }: { readonly page: SettingsPageName }) {
  const t = useTexts().settings
  const { view } = useStores()
  const { Page } = PAGES[page]
  const heading = useRef<HTMLHeadingElement>(null)
  // Whoever chose a page by keyboard goes on in it, and hears its name.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <>
      <header className={styles.pageHeader}>
        <span className={styles.back}>
          <IconButton label={t.back} icon={<ArrowLeft data-mirrors />} onClick={() => view.getState().openSettings()} />
        </span>
        <h1 ref={heading} tabIndex={-1}>
          {t.pages[page]}
        </h1>
      </header>
      <div className={styles.scroll}>
        <div className={styles.content}>
          <Page />
        </div>
      </div>
    </>
  )
}
