import { defineConfig } from '@playwright/test'
import config from './playwright.config.ts'

/** `npm run screenshots`: every screen in both themes, into docs/screenshots/. Not a test: what it writes is looked at. */
export default defineConfig({ ...config, testDir: 'screenshots', projects: [{ name: 'web' }] })
