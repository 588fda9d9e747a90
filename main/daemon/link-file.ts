import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Keeps the link that lets a browser in, in a file that only the user can read: started a second time, the program opens
 * that link instead of fighting for the profile.
 */
export class LinkFile {
  readonly #folder: string
  #origin = ''
  #token = ''

  constructor(folder: string) {
    this.#folder = folder
  }

  get link(): string {
    return `${this.#origin}/?token=${this.#token}`
  }

  setOrigin(origin: string): void {
    this.#origin = origin
    this.#write()
  }

  setToken(token: string): void {
    this.#token = token
    if (this.#origin !== '') this.#write()
  }

  remove(): void {
    rmSync(pathIn(this.#folder), { force: true })
  }

  #write(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    writeFileSync(pathIn(this.#folder), this.link, { mode: 0o600 })
  }
}

/** The link of a web shell that runs already on this folder, or undefined; one that ended without goodbye left none that works. */
export async function runningLink(folder: string): Promise<string | undefined> {
  try {
    const link = readFileSync(pathIn(folder), 'utf8')
    const { status } = await fetch(new URL('/session', link), { signal: AbortSignal.timeout(ANSWER_MS_MAX) })
    return status === 401 ? link : undefined
  } catch {
    return undefined // No such file, or nobody answers there.
  }
}

const ANSWER_MS_MAX = 2_000

function pathIn(folder: string): string {
  return join(folder, 'link')
}
