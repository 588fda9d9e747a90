import type { App } from 'electron'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Started at login, the app shows itself in the tray alone. */
export const HIDDEN_SWITCH = '--hidden'

export interface LoginItemOptions {
  readonly app: Pick<App, 'isPackaged' | 'setLoginItemSettings' | 'getName'>
  readonly platform: NodeJS.Platform
  /** Where a Linux desktop looks for what to start: `~/.config/autostart`. */
  readonly autostartFolder: string
  /** The program to start: for an AppImage the image itself, not the folder that it is mounted at. */
  readonly program: string
}

/** Switches starting at login on or off. A clone that runs under a developer's Electron is never started by itself. */
export function setLoginItem({ app, platform, autostartFolder, program }: LoginItemOptions, isOn: boolean): void {
  if (!app.isPackaged) return
  if (platform === 'linux') setAutostartEntry(join(autostartFolder, 'ampoule.desktop'), app.getName(), program, isOn)
  else app.setLoginItemSettings({ openAtLogin: isOn, args: [HIDDEN_SWITCH] })
}

/** The XDG way, which Electron leaves to its apps. */
function setAutostartEntry(path: string, name: string, program: string, isOn: boolean): void {
  if (!isOn) {
    rmSync(path, { force: true })
    return
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(
    path,
    `[Desktop Entry]
Type=Application
Name=${name}
Exec=${execQuoted(program)} ${HIDDEN_SWITCH}
X-GNOME-Autostart-enabled=true
`,
  )
}

/** As the Desktop Entry Specification wants an argument with any character in it: quoted, and escaped twice. */
function execQuoted(program: string): string {
  const quoted = program.replaceAll(/["`$\\]/g, (char) => `\\${char}`)
  return `"${quoted.replaceAll('\\', '\\\\').replaceAll('%', '%%')}"`
}
