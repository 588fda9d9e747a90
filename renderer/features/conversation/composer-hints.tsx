import { useMemo } from 'react'
import type { Friend } from '../../../shared/model/friend.ts'
import { utf8Length } from '../../../shared/utf8-length.ts'
import { useSettings } from '../../app-context.tsx'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { usePrice } from '../delivery/use-price.ts'
import styles from './composer-hints.module.css'
import { isStoredOnNetwork } from './offline-strip.ts'
import { messageCount } from './split-text.ts'

/** What costs less is not worth a word. */
const EXPENSIVE_SECONDS = 5
/** Sizes are asked for in such steps: a key more changes no price. */
const PRICE_STEP_BYTES = 256

interface ComposerHintsProps {
  readonly id: string
  readonly text: string
  readonly friend: Friend
}

/** Above the field: that a long text becomes several messages, and what storing it costs if that is much. */
export function ComposerHints({ id, text, friend }: ComposerHintsProps) {
  const t = useTexts().conversation.composer
  const formats = useFormats()
  const count = useMemo(() => messageCount(text), [text])
  const seconds = useTextPrice(text, count, friend)
  const hints = [
    ...(count > 1 ? [t.split(formats.number(count))] : []),
    ...(seconds === undefined ? [] : [t.price(formats.duration(seconds))]),
  ]
  return (
    <p id={id} className={styles.hints} aria-live="polite">
      {hints.join(' · ')}
    </p>
  )
}

/** Seconds of work for all parts of a text, if it waits on the network and is expensive. */
function useTextPrice(text: string, count: number, friend: Friend): number | undefined {
  const defaultTtl = useSettings(({ settings }) => settings?.ttlSeconds) ?? 0
  const isPaid = count > 0 && isStoredOnNetwork(friend)
  const partBytes = isPaid ? utf8Length(text) / count : 0
  const stepBytes = Math.ceil(partBytes / PRICE_STEP_BYTES) * PRICE_STEP_BYTES
  const each = usePrice(isPaid ? stepBytes : undefined, friend.ttlSeconds ?? defaultTtl)
  const all = (each ?? 0) * count
  return all >= EXPENSIVE_SECONDS ? all : undefined
}
