import { SearchX } from 'lucide-react'
import type { Friend } from '../../../shared/model/friend.ts'
import { useFriends, useView } from '../../app-context.tsx'
import { nameOf } from '../../stores/friends-store.ts'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { walkWithArrows } from '../../ui/arrow-keys.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { useNow } from '../frame/use-now.ts'
import type { Finding } from './findings.ts'
import { containsFolded } from './folded-text.ts'
import { FriendList } from './friend-list.tsx'
import styles from './search-results.module.css'
import { snippetOf } from './snippet.ts'
import { TEXT_CHARS_MIN, useFound } from './use-found.ts'

interface SearchResultsProps {
  readonly text: string
  readonly friends: readonly Friend[]
}

/** Friends whose name fits, and messages and files with the words in them. */
export function SearchResults({ text, friends }: SearchResultsProps) {
  const t = useTexts()
  const fitting = friends.filter((friend) => containsFolded(nameOf(friend), text))
  const found = useFound(text)
  const isNothing = fitting.length + (found ? found.messages.length + found.files.length : 1) === 0
  return (
    <div onKeyDown={walkWithArrows}>
      {fitting.length > 0 && (
        <section>
          <h2 className={styles.title}>{t.friends.foundFriends}</h2>
          <FriendList friends={fitting} />
        </section>
      )}
      {!found && <p className={styles.title}>{t.friends.searching}</p>}
      {found && <Findings title={t.friends.foundMessages} findings={found.messages} text={text} />}
      {found && <Findings title={t.friends.foundFiles} findings={found.files} text={text} />}
      {isNothing && (
        <EmptyState
          icon={<SearchX />}
          title={t.friends.foundNothing}
          body={text.length < TEXT_CHARS_MIN ? t.friends.searchShort : t.friends.foundNothingBody(text)}
        />
      )}
    </div>
  )
}

interface FindingsProps {
  readonly title: string
  readonly findings: readonly Finding[]
  readonly text: string
}

function Findings({ title, findings, text }: FindingsProps) {
  const now = useNow()
  if (findings.length === 0) return undefined
  return (
    <section>
      <h2 className={styles.title}>{title}</h2>
      <ul>
        {findings.map((finding) => (
          <FindingRow key={finding.jump.transferId ?? finding.jump.messageId} finding={finding} text={text} now={now} />
        ))}
      </ul>
    </section>
  )
}

interface FindingRowProps {
  readonly finding: Finding
  readonly text: string
  readonly now: Date
}

function FindingRow({ finding, text, now }: FindingRowProps) {
  const { friend: publicKey, direction, at, words, jump } = finding
  const t = useTexts()
  const formats = useFormats()
  const friend = useFriends(({ byKey }) => byKey[publicKey])
  const openConversation = useView((state) => state.openConversation)
  const [before, match, after] = snippetOf(words, text)
  return (
    <li>
      <button type="button" data-item className={styles.found} onClick={() => openConversation(publicKey, jump)}>
        <Avatar publicKey={publicKey} size="small" />
        <span className={styles.words}>
          <span className={styles.line}>
            <span className={styles.name} dir="auto">
              {friend ? nameOf(friend) : publicKey.slice(0, 8)}
            </span>
            <time className={styles.time}>{formats.moment(at, now)}</time>
          </span>
          <span className={styles.text} dir="auto">
            {direction === 'out' && `${t.friends.you}: `}
            {before}
            <mark className={styles.match}>{match}</mark>
            {after}
          </span>
        </span>
      </button>
    </li>
  )
}
