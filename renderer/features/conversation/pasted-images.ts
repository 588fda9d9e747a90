/** The part of a `DataTransfer` that counts here. */
interface Clipboard {
  readonly files: Iterable<File>
  readonly types: readonly string[]
}

/**
 * Files on the clipboard. A picture without a name of its own gets one with the time. A copied table or web page brings
 * a picture beside its words: then the words are meant.
 */
export function imagesOf({ files, types }: Clipboard, now: Date, nameOf: (when: string) => string): File[] {
  if (types.includes('text/plain')) return []
  return [...files].map((file) =>
    isNameless(file) ? new File([file], nameOf(timeName(now)), { type: file.type }) : file,
  )
}

/** Browsers call every picture of the clipboard so. */
function isNameless({ name }: File): boolean {
  return name === '' || name === 'image.png'
}

/** `2026-11-27 14.05.09`: sorts by time and is allowed as a file name everywhere. */
function timeName(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  return `${day} ${two(now.getHours())}.${two(now.getMinutes())}.${two(now.getSeconds())}`
}
