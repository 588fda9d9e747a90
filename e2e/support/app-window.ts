import type { BrowserContextOptions, Page } from '@playwright/test'

/** One person's app, in whichever shell. */
export interface AppWindow {
  readonly page: Page
  /** What the program wrote to standard error. */
  readonly programComplaints: string
  /** A `tox:` link is opened while the app runs. */
  followLink(link: string): Promise<void>
  /** Ends as a person ends it: says goodbye and hands over. */
  leave(): Promise<void>
  /** Without warning. */
  kill(): Promise<void>
}

export interface AppWindowOptions {
  readonly name: string
  /** The profile folder. */
  readonly folder: string
  /** Further options of the command line. */
  readonly options: readonly string[]
  /** What the browser is set to: colours, size, language. */
  readonly look?: Pick<BrowserContextOptions, 'colorScheme' | 'viewport' | 'locale' | 'reducedMotion'>
  /** Told of the page before it goes anywhere; the web shell alone does so. */
  readonly beforeFirstLook?: (page: Page) => Promise<unknown>
}
