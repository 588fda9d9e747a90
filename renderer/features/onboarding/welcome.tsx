import type { Account } from '../../../shared/model/account.ts'
import { Emblem } from './emblem.tsx'
import { Failed } from './failed.tsx'
import { NewProfile } from './new-profile.tsx'
import { Unlock } from './unlock.tsx'
import styles from './welcome.module.css'

/** Before the main window: first run, passphrase, or why it does not open. */
export function Welcome({ account }: { readonly account: Account }) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <Emblem />
        {account.phase === 'new' && <NewProfile />}
        {account.phase === 'locked' && <Unlock />}
        {account.phase === 'failed' && <Failed account={account} />}
      </div>
    </main>
  )
}
