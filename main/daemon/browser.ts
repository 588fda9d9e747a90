import { spawn } from 'node:child_process'

interface Opener {
  readonly command: string
  readonly args: readonly string[]
}

/** The system's own way to open a link in the person's browser; undefined where there is no screen to open it on. */
export function openerOf(
  link: string,
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): Opener | undefined {
  if (platform === 'darwin') return { command: 'open', args: [link] }
  // Not `start`, which is the shell's own word: nothing in a link is then a word of the shell.
  if (platform === 'win32') return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', link] }
  const hasScreen = Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'])
  return hasScreen ? { command: 'xdg-open', args: [link] } : undefined
}

/** Opens a link if that can be done, and goes on in any case: the link was printed. */
export function openInBrowser(link: string): void {
  const opener = openerOf(link, process.platform, process.env)
  if (!opener) return
  const child = spawn(opener.command, opener.args, { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
