/** Control characters, and those that turn the direction of writing: they can hide what a name ends in, or turn ours round. */
const MISLEADING = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/gu

/** What somebody else calls themselves or a file, so that it can stand in one line and in our sentences. */
export function plainLine(text: string): string {
  return text.replaceAll(MISLEADING, '')
}
