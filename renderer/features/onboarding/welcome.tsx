import type { Account } from '../../../shared/model/account.ts'
import { useLink } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Emblem } from './emblem.tsx'
import { Failed } from './failed.tsx'
import { NewProfile } from './new-profile.tsx'
import { Unlock } from './unlock.tsx'
import styles from './welcome.module.css'

/** Before the main window: first run, passphrase, or why it does not open. */
export function Welcome({ account }: { readonly account: Account }) {
  const t = useTexts()
  const link = useLink((state) => state)
  return (
    <div className={styles.whole}>
      {link === 'lost' && <Banner kind="warning">{t.frame.linkLost}</Banner>}
      {link === 'refused' && <Banner kind="danger">{t.frame.linkRefused}</Banner>}
      <main className={styles.page}>
        <div className={styles.card}>
          <Emblem />
          {account.phase === 'new' && <NewProfile />}
          {account.phase === 'locked' && <Unlock />}
          {account.phase === 'failed' && <Failed reason={account.reason} />}
        </div>
      </main>
    </div>
  )
}
