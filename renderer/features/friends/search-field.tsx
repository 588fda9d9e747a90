import { Search, X } from 'lucide-react'
import { useView } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { shortcutText } from '../../ui/shortcut-text.ts'
import styles from './search-field.module.css'

const ID = 'search'

/** Puts the cursor into the search, from anywhere. */
export function focusSearch(): void {
  const field = document.getElementById(ID)
  if (field instanceof HTMLInputElement) field.select()
}

/** Search over friends, messages and files; Escape empties it, the arrow down goes to what was found. */
export function SearchField() {
  const t = useTexts()
  const text = useView((state) => state.searchText)
  const setText = useView((state) => state.setSearchText)
  return (
    <search className={styles.field}>
      <Search className={styles.icon} aria-hidden="true" />
      <input
        id={ID}
        type="search"
        className={styles.input}
        aria-label={t.friends.search}
        aria-keyshortcuts={shortcutText('F')}
        placeholder={t.friends.searchHint}
        value={text}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && text !== '') {
            event.preventDefault()
            setText('')
          }
          if (event.key === 'ArrowDown') {
            event.preventDefault()
            document.querySelector<HTMLElement>('[data-item]')?.focus()
          }
        }}
      />
      {text !== '' && <IconButton label={t.friends.clearSearch} icon={<X />} onClick={() => setText('')} />}
    </search>
  )
}
