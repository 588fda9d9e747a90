import { useMemo } from 'react'
import { useFriends, useView } from '../../app-context.tsx'
import { inListOrder } from '../../stores/friends-store.ts'
import { useTexts } from '../../text/voice.tsx'
import { Unseen } from '../../ui/unseen.tsx'
import { useNarrow } from '../frame/use-narrow.ts'
import { FirstSteps } from './first-steps.tsx'
import { FriendList } from './friend-list.tsx'
import { OwnHeader } from './own-header.tsx'
import { RequestList } from './request-list.tsx'
import { SearchField } from './search-field.tsx'
import { SearchResults } from './search-results.tsx'
import styles from './side.module.css'

/** The column at the side: oneself, the search, who asks, and the friends. */
export function Side() {
  const searchText = useView((state) => state.searchText)
  const byKey = useFriends((state) => state.byKey)
  const friends = useMemo(() => inListOrder(byKey), [byKey])
  const isNarrow = useNarrow()
  const t = useTexts()
  return (
    <>
      <h1>
        <Unseen>{t.common.appName}</Unseen>
      </h1>
      <OwnHeader />
      {friends.length > 0 && <SearchField />}
      <div className={styles.scroll}>
        {searchText.trim() === '' ? (
          <>
            <RequestList />
            {friends.length > 0 && <FriendList friends={friends} />}
            {friends.length === 0 && isNarrow && <FirstSteps />}
          </>
        ) : (
          <SearchResults text={searchText.trim()} friends={friends} />
        )}
      </div>
    </>
  )
}
