import { useEffect, useState } from 'react'
import { useLink, useStores } from '../../app-context.tsx'
import { findEverywhere, type Found } from './findings.ts'

export const TEXT_CHARS_MIN = 2
/** So long after the last key the host is asked. */
const PAUSE_MS = 150

const NOTHING: Found = { messages: [], files: [] }

/** What is found with these words in all conversations; undefined until the host has said so, after a lost link too. */
export function useFound(text: string): Found | undefined {
  const stores = useStores()
  const link = useLink((state) => state)
  const [found, setFound] = useState<Found>()
  const isShort = text.length < TEXT_CHARS_MIN
  useEffect(() => {
    if (isShort) return undefined
    let isWanted = true
    const timer = setTimeout(() => void findEverywhere(stores, text).then((all) => isWanted && setFound(all)), PAUSE_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [text, isShort, stores, link])
  // What was found for fewer letters stays until the answer is there: the list must not flicker.
  return isShort ? NOTHING : found
}
