import { expect, type Locator, type Page } from '@playwright/test'
import type { AppWindow, AppWindowOptions } from './app-window.ts'

/** Opens this person's app in the shell that the project is about. */
export type OpenWindow = (options: AppWindowOptions) => Promise<AppWindow>

export interface PersonOptions {
  readonly name: string
  readonly folder: string
  readonly joinOptions: readonly string[]
  readonly openWindow: OpenWindow
}

/** Complaints of a page that belong to no failure of ours. */
const HARMLESS: readonly RegExp[] = []

/**
 * Somebody who sits at the app: knows what is written on it and what it is called, and nothing of what is behind it.
 * Everything that the page complains about meanwhile is kept, and makes the test fail.
 */
export class Person {
  readonly name: string
  readonly complaints: string[] = []
  readonly #options: PersonOptions
  readonly #expected: RegExp[] = []
  #window: AppWindow | undefined

  constructor(options: PersonOptions) {
    this.name = options.name
    this.#options = options
  }

  /** The profile folder. */
  get folder(): string {
    return this.#options.folder
  }

  get page(): Page {
    if (!this.#window) throw new Error(`${this.name} has not opened the app`)
    return this.#window.page
  }

  /** Opens the app; the same person again after `leave`. */
  async open(look?: AppWindowOptions['look']): Promise<void> {
    const { name, folder, joinOptions, openWindow } = this.#options
    const options = [...joinOptions, '--storage', '0']
    this.#window = await openWindow({ name, folder, options, ...(look ? { look } : {}) })
    const { page } = this
    page.on('pageerror', (error) => {
      this.#complain(error.stack ?? error.message)
      // Whoever waits for something on a broken page would wait in vain.
      void page.close()
    })
    page.on('console', (message) => {
      if (message.type() === 'error') this.#complain(message.text())
    })
  }

  /** The journey is about this failure: that it is complained about is right. */
  expectComplaint(about: RegExp): void {
    this.#expected.push(about)
  }

  async followLink(link: string): Promise<void> {
    await this.#window?.followLink(link)
  }

  async leave(): Promise<void> {
    await this.#end((window) => window.leave())
  }

  async kill(): Promise<void> {
    await this.#end((window) => window.kill())
  }

  /** First run: a name is enough. */
  async createProfile(passphrase?: string): Promise<void> {
    const { page } = this
    await page.getByLabel('Your name').fill(this.name)
    if (passphrase !== undefined) {
      await page.getByRole('switch', { name: 'Protect with a passphrase' }).click()
      await page.getByLabel('Passphrase', { exact: true }).fill(passphrase)
    }
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await expect(page.getByText('Connected', { exact: true })).toBeVisible()
  }

  /** The Tox ID, as it is written on the screen. */
  async ownToxId(): Promise<string> {
    const text = await this.page.getByLabel('Your Tox ID', { exact: true }).innerText()
    return text.replaceAll(/\s/g, '')
  }

  async askToBeFriends(toxId: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Add a friend' }).first().click()
    const dialog = this.page.getByRole('dialog', { name: 'Add a friend' })
    await dialog.getByLabel('Tox ID or link of your friend').fill(toxId)
    await dialog.getByRole('button', { name: 'Send request' }).click()
    await expect(dialog).toBeHidden()
  }

  async acceptRequest(): Promise<void> {
    await this.page.getByRole('region', { name: 'Friend requests' }).getByRole('button', { name: 'Accept' }).click()
  }

  /** A friend in the list at the side; their name, presence, last line and unread messages are its name. */
  friend(name: string): Locator {
    return this.page.getByRole('list', { name: 'Friends' }).getByRole('button', { name: new RegExp(`^${name}\\b`) })
  }

  async openConversation(name: string): Promise<void> {
    await this.friend(name).click()
    await expect(this.composer(name)).toBeVisible()
  }

  composer(name: string): Locator {
    return this.page.getByRole('textbox', { name: `Message to ${name}` })
  }

  /** Writes into the conversation that is open. */
  async write(name: string, text: string): Promise<void> {
    await this.composer(name).fill(text)
    await this.composer(name).press('Enter')
    await expect(this.message(text)).toBeVisible()
  }

  /** A message in the conversation that is open. */
  message(text: string): Locator {
    return this.page.getByRole('article').filter({ hasText: text })
  }

  /** What the mark of an own message says. */
  mark(text: string): Locator {
    return this.message(text).getByRole('button', { name: /Show details$/ })
  }

  /** Opens a page of the settings, wherever one is. */
  async openSettings(page: string): Promise<void> {
    const way = this.page.getByRole('button', { name: 'Settings', exact: true })
    const wanted = this.page
      .getByRole('navigation', { name: 'Settings' })
      .getByRole('button', { name: page, exact: true })
    // A page that was just loaded may still be on its way back to the settings: whichever is there when it is clicked.
    await way.or(wanted).first().click()
    await wanted.click()
    await expect(this.page.getByRole('heading', { name: page, exact: true, level: 1 })).toBeVisible()
  }

  /** The switch on the page of the network. */
  get network(): Locator {
    return this.page.getByRole('switch', { name: 'Use the network (UDP)' })
  }

  async goOffTheNetwork(): Promise<void> {
    await this.openSettings('Network')
    await this.network.click()
    await this.page.getByRole('button', { name: 'Go off the network' }).click()
    await expect(this.network).not.toBeChecked()
  }

  async comeBackToTheNetwork(): Promise<void> {
    await this.network.click()
    await expect(this.network).toBeChecked()
  }

  /** Chooses from a list of choices by its label. */
  async choose(label: string, option: string): Promise<void> {
    await this.page.getByRole('combobox', { name: label }).click()
    await this.page.getByRole('option', { name: option, exact: true }).click()
  }

  async #end(how: (window: AppWindow) => Promise<void>): Promise<void> {
    const window = this.#window
    if (!window) return
    this.#window = undefined
    await how(window)
    for (const line of window.programComplaints.split('\n')) if (line !== '') this.#complain(line)
  }

  #complain(text: string): void {
    const complaint = `${this.name}: ${text}`
    const isKnown =
      this.complaints.includes(complaint) || [...HARMLESS, ...this.#expected].some((pattern) => pattern.test(text))
    if (!isKnown) this.complaints.push(complaint)
  }
}
