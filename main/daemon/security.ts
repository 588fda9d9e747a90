import type { IncomingHttpHeaders } from 'node:http'
import { PAGE_HEADERS } from '../../shared/content-policy.ts'

/** What every response says, whatever it is. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Permissions-Policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
}

/** The one host name that we answer to. */
export function hostOf(port: number): string {
  return `127.0.0.1:${port}`
}

export function originOf(port: number): string {
  return `http://${hostOf(port)}`
}

/**
 * Why a request is refused before anything else is looked at, or undefined. A name that somebody else resolves to
 * 127.0.0.1 (DNS rebinding) shows in Host, another page in Origin.
 *
 * needsOrigin   for what changes something: browsers name the page that asks, and it has to be ours
 */
export function refusalOf(headers: IncomingHttpHeaders, port: number, needsOrigin: boolean): string | undefined {
  if (headers.host !== hostOf(port)) return `this is ${hostOf(port)}, and answers to no other name`
  const { origin } = headers
  if (origin === undefined) return needsOrigin ? 'only the page of this app may ask that' : undefined
  return origin === originOf(port) ? undefined : 'only the page of this app may ask that'
}
