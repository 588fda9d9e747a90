declare module 'tar-fs' {
  import type { Writable } from 'node:stream'

  /** Unpacks a tar stream into a folder. */
  export function extract(folder: string): Writable
}
