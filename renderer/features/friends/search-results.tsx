import { SearchX } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Friend } from '../../../shared/model/friend.ts'
import type { Message } from '../../../shared/model/message.ts'
import { useFriends, useMessages, useView } from '../../app-context.tsx'
import { nameOf } from '../../stores/friends-store.ts'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { walkWithArrows } from '../../ui/arrow-keys.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { useNow } from '../frame/use-now.ts'
import { containsFolded } from './folded-text.ts'
import { FriendList } from './friend-list.tsx'
import styles from './search-results.module.css'
import { snippetOf } from './snippet.ts'

const TEXT_CHARS_MIN = 2
/** So long after the last key the host is asked. */
const PAUSE_MS = 150

interface SearchResultsProps {
  readonly text: string
  readonly friends: readonly Friend[]
}

/** Friends whose name fits, and messages with the words in them. */
export function SearchResults({ text, friends }: SearchResultsProps) {
  const t = useTexts()
  const now = useNow()
  const found = friends.filter((friend) => containsFolded(nameOf(friend), text))
  const messages = useFoundMessages(text)
  const isNothing = found.length === 0 && messages !== 'asking' && messages.length === 0
  return (
    <div onKeyDown={walkWithArrows}>
      {found.length > 0 && (
        <section>
          <h2 className={styles.title}>{t.friends.foundFriends}</h2>
          <FriendList friends={found} />
        </section>
      )}
      {messages === 'asking' && <p className={styles.title}>{t.friends.searching}</p>}
      {messages !== 'asking' && messages.length > 0 && (
        <section>
          <h2 className={styles.title}>{t.friends.foundMessages}</h2>
          <ul>
            {messages.map((message) => (
              <FoundMessage key={message.id} message={message} text={text} now={now} />
            ))}
          </ul>
        </section>
      )}
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

function useFoundMessages(text: string): readonly Message[] | 'asking' {
  const search = useMessages((state) => state.search)
  const [found, setFound] = useState<{ readonly text: string; readonly messages: readonly Message[] }>()
  const isShort = text.length < TEXT_CHARS_MIN
  useEffect(() => {
    if (isShort) return undefined
    let isWanted = true
    const timer = setTimeout(() => {
      search(text).then(
        (messages) => isWanted && setFound({ text, messages }),
        () => isWanted && setFound({ text, messages: [] }),
      )
    }, PAUSE_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [text, isShort, search])
  if (isShort) return []
  // What was found for fewer letters stays until the answer is there: the list must not flicker.
  return found === undefined ? 'asking' : found.messages
}

interface FoundMessageProps {
  readonly message: Message
  readonly text: string
  readonly now: Date
}

function FoundMessage({ message, text, now }: FoundMessageProps) {
  const t = useTexts()
  const formats = useFormats()
  const friend = useFriends(({ byKey }) => byKey[message.friend])
  const openConversation = useView((state) => state.openConversation)
  const [before, match, after] = snippetOf(message.file?.name ?? message.text, text)
  return (
    <li>
      <button
        type="button"
        data-item
        className={styles.found}
        onClick={() => openConversation(message.friend, message.id)}
      >
        <Avatar publicKey={message.friend} size="small" />
        <span className={styles.words}>
          <span className={styles.line}>
            <span className={styles.name} dir="auto">
              {friend ? nameOf(friend) : message.friend.slice(0, 8)}
            </span>
            <time className={styles.time}>{formats.moment(message.sentAt, now)}</time>
          </span>
          <span className={styles.text} dir="auto">
            {message.direction === 'out' && `${t.friends.you}: `}
            {before}
            <mark className={styles.match}>{match}</mark>
            {after}
          </span>
        </span>
      </button>
    </li>
  )
}
