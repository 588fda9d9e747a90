import { ownWordsOf } from '../../../shared/quoting.ts'
import { useFiles, useFriends, useMessages } from '../../app-context.tsx'
import { nameOf } from '../../stores/friends-store.ts'
import { useTexts } from '../../text/voice.tsx'
import { Unseen } from '../../ui/unseen.tsx'

/** Reads new messages and offered files out to those who cannot see them come. */
export function LiveRegion() {
  const t = useTexts()
  const message = useMessages((state) => state.latestIncoming)
  const offer = useFiles((state) => state.latestOffer)
  const name = useNameOf(message?.friend)
  const offerer = useNameOf(offer?.friend)
  return (
    <div role="log" aria-live="polite" aria-relevant="additions text">
      {/* A new element for each: the same words from the same friend are news again. */}
      <Unseen key={`message ${message?.id}`}>
        {message &&
          (message.file
            ? t.frame.newMessageFile(name, message.file.name)
            : t.frame.newMessage(name, ownWordsOf(message.text)))}
      </Unseen>
      <Unseen key={`offer ${offer?.id}`}>{offer && t.frame.newFileOffer(offerer, offer.name)}</Unseen>
    </div>
  )
}

function useNameOf(publicKey: string | undefined): string {
  const friend = useFriends(({ byKey }) => (publicKey === undefined ? undefined : byKey[publicKey]))
  return friend ? nameOf(friend) : ''
}
