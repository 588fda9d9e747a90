import { useFriends, useMessages } from '../../app-context.tsx'
import { nameOf } from '../../stores/friends-store.ts'
import { useTexts } from '../../text/voice.tsx'
import { Unseen } from '../../ui/unseen.tsx'

/** Reads new messages out to those who cannot see them come. */
export function LiveRegion() {
  const t = useTexts()
  const message = useMessages((state) => state.latestIncoming)
  const friend = useFriends(({ byKey }) => (message ? byKey[message.friend] : undefined))
  const name = friend ? nameOf(friend) : ''
  return (
    <div role="log" aria-live="polite" aria-relevant="additions text">
      <Unseen>
        {message &&
          (message.file ? t.frame.newMessageFile(name, message.file.name) : t.frame.newMessage(name, message.text))}
      </Unseen>
    </div>
  )
}
