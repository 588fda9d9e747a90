/** Without case and marks, so that "José" is found by "jose". */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

export function containsFolded(text: string, part: string): boolean {
  return folded(text).includes(folded(part.trim()))
}
