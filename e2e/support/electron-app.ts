import { _electron } from '@playwright/test'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import type { AppWindow, AppWindowOptions } from './app-window.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const BINARIES: Readonly<Record<string, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
}

/** Where Electron's binary lies once it has been installed; loading the package would download it. */
export function electronBinary(): string | undefined {
  const path = resolve(ROOT, 'node_modules/electron/dist', BINARIES[process.platform] ?? 'electron')
  return existsSync(path) ? path : undefined
}

/** The app in a window of its own. Its profile is the folder `profile` in the folder that it is given. */
export async function openElectronApp({ folder, options, look = {} }: AppWindowOptions): Promise<AppWindow> {
  const executablePath = electronBinary()
  if (executablePath === undefined) throw new Error('Electron’s binary is not installed')
  const own = ['--data', dirname(folder), '--udp-port', '0', '--no-lan']
  const app = await _electron.launch({
    executablePath,
    args: [ROOT, ...own, ...withoutStorage(options)],
    env: { ...definedEnvironment(), AMPOULE_NETWORK_SCOPE: 'loopback' },
    ...(look.colorScheme ? { colorScheme: look.colorScheme } : {}),
    ...(look.locale ? { locale: look.locale } : {}),
  })
  let programComplaints = ''
  app.process().stderr?.on('data', (chunk: Buffer) => {
    programComplaints += chunk.toString('utf8')
  })
  const page = await app.firstWindow()
  if (look.viewport) await page.setViewportSize(look.viewport)
  return {
    page,
    get programComplaints() {
      return programComplaints
    },
    // As the system opens a link: by a second instance, which hands it to the first.
    followLink: async (link) => {
      await promisify(execFile)(executablePath, [ROOT, ...own, link])
    },
    leave: async () => await app.close(),
    kill: async () => {
      app.process().kill('SIGKILL')
      await app.waitForEvent('close').catch(() => undefined)
    },
  }
}

/** How much is given to others is a setting there, and no option. */
function withoutStorage(options: readonly string[]): string[] {
  return options.filter((option, at) => option !== '--storage' && options[at - 1] !== '--storage')
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
