import type { App } from 'electron'
import { resolve } from 'node:path'

/** A Tox ID has 76 hex digits; what else may follow is little. */
const TOX_LINK_CHARS_MAX = 512
const TOX_LINK = /^tox:[\x21-\x7e]+$/i
const SAVEFILE = /\.tox$/i

/** Where links of messages may lead. Anything else could start a program. */
const OUTSIDE_SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

const TOX_SCHEME = 'tox'

/** What somebody started the app with, beside its options. */
export interface Opened {
  readonly links: readonly string[]
  readonly savefiles: readonly string[]
}

/**
 * Makes the app the one that opens `tox:` links. A clone that runs under a developer's Electron leaves them to others:
 * the system would start that Electron without the app.
 */
export function claimToxLinks(app: Pick<App, 'isPackaged' | 'setAsDefaultProtocolClient'>): void {
  if (app.isPackaged) app.setAsDefaultProtocolClient(TOX_SCHEME)
}

/** The `tox:` links and savefiles among a program's arguments, as somebody in `workingFolder` wrote them. */
export function openedBy(args: readonly string[], workingFolder: string): Opened {
  return {
    links: args.filter(isToxLink),
    savefiles: args
      .filter((arg) => !arg.startsWith('-') && !isToxLink(arg) && SAVEFILE.test(arg))
      .map((path) => resolve(workingFolder, path)),
  }
}

export function isToxLink(text: string): boolean {
  return text.length <= TOX_LINK_CHARS_MAX && TOX_LINK.test(text)
}

/**
 * A link as the system may open it: written anew by the URL parser, so that nothing in it means something else there.
 *
 * returns  undefined for anything but http, https and mailto
 */
export function outsideLink(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return OUTSIDE_SCHEMES.has(url.protocol) ? url.href : undefined
}
