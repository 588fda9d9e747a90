import { setTimeout as sleep } from 'node:timers/promises'
import { takeFolder } from '../host/folder-turn.ts'
import { runningLink } from './link-file.ts'

/** How long one that has the folder may take until it answers: it may be opening a large profile, or just be leaving. */
const WAIT_MS_MAX = 60_000
const LOOK_MS = 100

export type WebTurn =
  /** The folder is this process's own until it lets go. */
  | { readonly kind: 'own'; readonly release: () => void }
  /** Another process runs on it, and is at this link. */
  | { readonly kind: 'running'; readonly link: string }

/**
 * One web shell at a time has the folder: whoever comes while another begins waits for its link, and touches nothing of its.
 *
 * throws  Error if another process has the folder and does not answer
 */
export async function takeWebTurn(folder: string, waitMsMax = WAIT_MS_MAX): Promise<WebTurn> {
  const until = performance.now() + waitMsMax
  for (;;) {
    const release = takeFolder(folder)
    if (release) return { kind: 'own', release }
    const link = await runningLink(folder)
    if (link !== undefined) return { kind: 'running', link }
    if (performance.now() > until) throw new Error(`another process has ${folder}, and does not answer`)
    await sleep(LOOK_MS)
  }
}
