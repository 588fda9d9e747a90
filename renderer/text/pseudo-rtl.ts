/**
 * Makes a right-to-left language of English ones for the checks: each text becomes longer, has letters with marks above
 * and below, and runs from right to left. What still looks English on screen did not come from the catalogue.
 */
export function mirrored<Catalogue>(catalogue: Catalogue): Catalogue {
  // Each value is replaced by one of its own shape, which is just what the type says.
  return mirroredValue(catalogue) as Catalogue
}

function mirroredValue(value: unknown): unknown {
  if (typeof value === 'string') return disguised(value)
  if (typeof value === 'function') {
    const speak = value as (...args: readonly unknown[]) => unknown
    return (...args: readonly unknown[]) => mirroredValue(speak(...args))
  }
  if (Array.isArray(value)) return value.map(mirroredValue)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mirroredValue(inner)]))
  }
  return value
}

const RIGHT_TO_LEFT_OVERRIDE = '\u202e'
const POP_DIRECTION = '\u202c'
const VOWELS: Readonly<Record<string, string>> = { a: 'ấ', e: 'ệ', i: 'ị', o: 'ộ', u: 'ự', A: 'Ấ', E: 'Ệ', O: 'Ộ' }

function disguised(text: string): string {
  const marked = text.replace(/[aeiouAEO]/g, (vowel) => VOWELS[vowel] ?? vowel)
  return `${RIGHT_TO_LEFT_OVERRIDE}${marked}${POP_DIRECTION}`
}
