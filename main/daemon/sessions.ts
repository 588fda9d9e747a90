import { createHash, randomBytes } from 'node:crypto'

/** Browsers that were let in since the start; the one let in first has to come again by a new link. */
const SESSION_COUNT_MAX = 32

/**
 * Who may come in: whoever opens the link, once. The link's token is good for one use, and a new one takes its place; the
 * browser that used it keeps a session until this process ends. Both are 256 bits of chance, and only hashes are looked up,
 * so that no comparison tells by its time.
 */
export class Sessions {
  readonly #sessions = new Set<string>()
  readonly #onToken: (token: string) => void
  #tokenHash = ''

  /** `onToken` is told the first token, and each that takes a used one's place. */
  constructor(onToken: (token: string) => void) {
    this.#onToken = onToken
    this.#renew()
  }

  /** The secret of a new session, or undefined: the token is wrong, or was used already. */
  redeem(token: string): string | undefined {
    if (hashOf(token) !== this.#tokenHash) return undefined
    this.#renew()
    const session = secret()
    this.#sessions.add(hashOf(session))
    const [oldest] = this.#sessions
    if (this.#sessions.size > SESSION_COUNT_MAX && oldest !== undefined) this.#sessions.delete(oldest)
    return session
  }

  has(session: string): boolean {
    return this.#sessions.has(hashOf(session))
  }

  #renew(): void {
    const token = secret()
    this.#tokenHash = hashOf(token)
    this.#onToken(token)
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

/**
 * The value of our cookie. Its name has the port in it: browsers send cookies of one host to all its ports, and two shells
 * of two people may run here.
 */
export function sessionCookieOf(header: string | undefined, port: number): string | undefined {
  const prefix = `${cookieName(port)}=`
  const pair = header?.split(/;\s*/).find((part) => part.startsWith(prefix))
  return pair?.slice(prefix.length)
}

export function sessionCookie(session: string, port: number): string {
  return `${cookieName(port)}=${session}; HttpOnly; SameSite=Strict; Path=/`
}

function cookieName(port: number): string {
  return `ampoule-${port}`
}
