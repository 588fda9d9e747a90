import { ArrowLeft } from 'lucide-react'
import { useEffect } from 'react'
import { useFriends, useMessages, useView } from '../../app-context.tsx'
import { nameOf } from '../../stores/friends-store.ts'
import { useTexts } from '../../text/voice.tsx'
import { IconButton } from '../../ui/icon-button.tsx'

interface ConversationProps {
  readonly friend: string
  /** Where a search result or notification leads. */
  readonly messageId?: number
}

/** One friend's conversation. */
export function Conversation({ friend: publicKey, messageId }: ConversationProps) {
  const t = useTexts()
  const goHome = useView((state) => state.goHome)
  const friend = useFriends(({ byKey }) => byKey[publicKey])
  const messages = useMessages(({ byFriend }) => byFriend[publicKey]?.messages)
  const open = useMessages((state) => state.open)
  const openAround = useMessages((state) => state.openAround)
  useEffect(() => {
    void (messageId === undefined ? open(publicKey) : openAround(publicKey, messageId))
  }, [publicKey, messageId, open, openAround])
  if (!friend) return null
  return (
    <>
      <header>
        <IconButton label={t.common.back} icon={<ArrowLeft />} onClick={goHome} />
        <h1>{nameOf(friend)}</h1>
      </header>
      <ol>
        {messages?.map((message) => (
          <li key={message.id}>{message.text}</li>
        ))}
      </ol>
    </>
  )
}
