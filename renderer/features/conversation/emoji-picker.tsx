import { type EmojiData, EmojiPicker as Base } from 'frimousse'
import { useVoice } from '../../text/voice.tsx'
import { emojiDataOf, type SourceEmoji, type SourceNames } from './emoji-data.ts'
import styles from './emoji-picker.module.css'

interface EmojiPickerProps {
  readonly onSelect: (emoji: string) => void
}

/** All emoji, to search and choose from by keyboard too. It and its lists are loaded when it is first opened. */
export function EmojiPicker({ onSelect }: EmojiPickerProps) {
  const { texts, language } = useVoice()
  const t = texts.conversation.emoji
  return (
    <Base.Root
      className={styles.picker}
      locale={language === 'de' ? 'de' : 'en'}
      columns={8}
      resolveEmojiData={loadEmojiData}
      onEmojiSelect={({ emoji }) => onSelect(emoji)}
    >
      <div className={styles.head}>
        <Base.Search className={styles.search} aria-label={t.search} placeholder={t.search} autoFocus />
        <Base.SkinToneSelector className={styles.tone} aria-label={t.skinTone} title={t.skinTone} />
      </div>
      <Base.Viewport className={styles.viewport}>
        <Base.Loading className={styles.note}>{t.loading}</Base.Loading>
        <Base.Empty className={styles.note}>{t.none}</Base.Empty>
        <Base.List className={styles.list} components={{ CategoryHeader, Row, Emoji }} />
      </Base.Viewport>
    </Base.Root>
  )
}

const CategoryHeader: NonNullable<ListComponents['CategoryHeader']> = ({ category, ...props }) => (
  <div {...props} className={styles.category}>
    {category.label}
  </div>
)

/** The library counts from 0, which is no index of a row or column to a screen reader, and finds the other rows by theirs. */
const Row: NonNullable<ListComponents['Row']> = ({ children, ...props }) => (
  <div
    {...props}
    aria-rowindex={props['aria-rowindex'] === 0 ? undefined : props['aria-rowindex']}
    className={styles.row}
  >
    {children}
  </div>
)

const Emoji: NonNullable<ListComponents['Emoji']> = ({ emoji, ...props }) => {
  // A cell of the grid: its role is among the properties.
  const cell = { ...props, 'aria-colindex': (props['aria-colindex'] ?? 0) + 1 }
  return (
    <button {...cell} type="button" className={styles.emoji} title={emoji.label}>
      {emoji.emoji}
    </button>
  )
}

type ListComponents = NonNullable<Parameters<typeof Base.List>[0]['components']>

/** The lists come with the app, nothing is asked of anybody. */
async function loadEmojiData(locale: string): Promise<EmojiData> {
  const [emojis, names] =
    locale === 'de'
      ? await Promise.all([import('emojibase-data/de/data.json'), import('emojibase-data/de/messages.json')])
      : await Promise.all([import('emojibase-data/en/data.json'), import('emojibase-data/en/messages.json')])
  // The package's own types know these lists more exactly than the picker needs.
  return emojiDataOf(locale, emojis.default as readonly SourceEmoji[], names.default as SourceNames)
}
