import { test as base } from '@playwright/test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ElectronApp } from './electron-app.ts'

interface Fixtures {
  readonly folder: string
  /** Starts the app; what is still running after the test is ended. */
  readonly launch: (options?: { args?: string[]; name?: string; locale?: string }) => Promise<ElectronApp>
}

export const test = base.extend<Fixtures>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'ampoule-electron-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
  launch: async ({ browser, folder }, use) => {
    const apps: ElectronApp[] = []
    await use(async ({ args = [], name = 'app', locale = 'en-US' } = {}) => {
      const dataFolder = join(folder, name)
      // Without a folder of its own the app would look for this computer's person.
      const own = ['--data', dataFolder, '--udp-port', '0', '--no-lan', ...args]
      const app = await ElectronApp.launch(browser, { dataFolder, args: own, locale })
      apps.push(app)
      return app
    })
    await Promise.all(apps.map((app) => app.close()))
  },
})
