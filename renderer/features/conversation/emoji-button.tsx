import { Smile } from 'lucide-react'
import { lazy, type RefObject, Suspense, useState } from 'react'
import { useTexts } from '../../text/voice.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Popover } from '../../ui/popover.tsx'

const EmojiPicker = lazy(async () => {
  const { EmojiPicker: component } = await import('./emoji-picker.tsx')
  return { default: component }
})

interface EmojiButtonProps {
  readonly onSelect: (emoji: string) => void
  /** Where one goes on writing afterwards. */
  readonly field: RefObject<HTMLElement | null>
}

export function EmojiButton({ onSelect, field }: EmojiButtonProps) {
  const t = useTexts().conversation
  const [isOpen, setOpen] = useState(false)
  const choose = (emoji: string) => {
    onSelect(emoji)
    setOpen(false)
  }
  return (
    <Popover
      label={t.emoji.label}
      side="top"
      align="start"
      isOpen={isOpen}
      onOpenChange={setOpen}
      finalFocus={field}
      trigger={<IconButton label={t.composer.emoji} icon={<Smile />} side="top" />}
    >
      <Suspense fallback={<p>{t.emoji.loading}</p>}>
        <EmojiPicker onSelect={choose} />
      </Suspense>
    </Popover>
  )
}
