import { defineConfig } from '@playwright/test'
import { resolve } from 'node:path'
import type { ProjectOptions } from './support/fixtures.ts'
import { chromiumOptions } from './support/chromium.ts'

const MINUTE_MS = 60_000
const ELECTRON_SHELL = 'electron-shell.spec.ts'
/** About several tabs of one browser, and its notifications. */
const BROWSER_ONLY = ['waiting.spec.ts', 'tabs.spec.ts']

/**
 * Journeys of real people through the real app, on loopback. Time limits only end what hangs; nothing is tried twice, and
 * nothing sleeps: what a person waits for is looked for until it is there.
 */
export default defineConfig<object, { projectShell: ProjectOptions['shell'] }>({
  testDir: 'specs',
  outputDir: '../.ampoule/e2e',
  fullyParallel: false,
  // The tests of one file follow each other; two files at a time mostly wait for timers, and disturb nobody.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 20 * MINUTE_MS,
  expect: { timeout: 4 * MINUTE_MS },
  reporter: [['list'], [resolve(import.meta.dirname, 'support/closing-line-reporter.ts')]],
  use: {
    actionTimeout: 2 * MINUTE_MS,
    navigationTimeout: 2 * MINUTE_MS,
    launchOptions: await chromiumOptions(),
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'web', testIgnore: ELECTRON_SHELL, use: { projectShell: 'web' } },
    { name: 'electron', testIgnore: [ELECTRON_SHELL, ...BROWSER_ONLY], use: { projectShell: 'electron' } },
    // The built main and preload with a double of Electron: needs no binary.
    { name: 'electron-shell', testMatch: ELECTRON_SHELL },
  ],
})
