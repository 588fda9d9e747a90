import { memo, type MouseEvent, useMemo } from 'react'
import { textBlocks } from '../../../shared/quoting.ts'
import { useShell } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import styles from './message-text.module.css'
import { isEmojiOnly, textParts } from './text-parts.ts'

/** The words of a message: quotes as blocks, links that open outside, and nothing of it as HTML. */
export const MessageText = memo(function MessageText({ text }: { readonly text: string }) {
  const blocks = useMemo(() => textBlocks(text), [text])
  if (isEmojiOnly(text)) return <p className={styles.emoji}>{text}</p>
  return blocks.map((block, index) =>
    block.kind === 'quote' ? (
      <blockquote key={index} className={styles.quote}>
        <LinkedText text={block.text} />
      </blockquote>
    ) : (
      <p key={index} className={styles.text} dir="auto">
        <LinkedText text={block.text} />
      </p>
    ),
  )
})

export function LinkedText({ text }: { readonly text: string }) {
  const parts = useMemo(() => textParts(text), [text])
  return parts.map((part, index) =>
    part.kind === 'text' ? part.text : <OutsideLink key={index} text={part.text} href={part.href} />,
  )
}

function OutsideLink({ text, href }: { readonly text: string; readonly href: string }) {
  const t = useTexts().conversation.list
  const shell = useShell()
  const open = (event: MouseEvent) => {
    event.preventDefault()
    void shell.openExternal(href)
  }
  return (
    <a href={href} title={t.opensOutside(href)} rel="noopener noreferrer" target="_blank" onClick={open}>
      {text}
    </a>
  )
}
