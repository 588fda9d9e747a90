import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test'
import { Program } from './program.ts'
import type { AppWindow, AppWindowOptions } from './app-window.ts'

const NEW_PAGE: BrowserContextOptions = { viewport: { width: 1_200, height: 800 }, locale: 'en-GB' }

/** The app in a browser tab: `ampoule web` and a browser of the person's own. */
export class WebApp implements AppWindow {
  readonly page: Page
  readonly #program: Program
  readonly #context: BrowserContext

  private constructor(program: Program, context: BrowserContext, page: Page) {
    this.#program = program
    this.#context = context
    this.page = page
  }

  static async open(
    browser: Browser,
    { name, folder, options, look, beforeFirstLook }: AppWindowOptions,
  ): Promise<WebApp> {
    const own = ['--profile', folder, '--http-port', '0', '--udp-port', '0', '--no-lan', '--no-open']
    const program = new Program(name, ['web', ...own, ...options])
    const line = await program.firstLine()
    const [link] = /http:\S+/.exec(line) ?? []
    if (link === undefined) throw new Error(`${name} said "${line}" and no link`)
    const context = await browser.newContext({ ...NEW_PAGE, ...look })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(link).origin })
    const page = await context.newPage()
    await beforeFirstLook?.(page)
    await page.goto(link)
    // It leads on to the page itself; whoever loads that anew before would stop it on its way.
    await page.waitForURL(new URL('/', link).href)
    return new WebApp(program, context, page)
  }

  get programComplaints(): string {
    return this.#program.complaints
  }

  async followLink(link: string): Promise<void> {
    await this.page.goto(new URL(`/?link=${encodeURIComponent(link)}`, this.page.url()).href)
  }

  async leave(): Promise<void> {
    await this.#context.close()
    await this.#program.leave()
  }

  async kill(): Promise<void> {
    await this.#context.close()
    await this.#program.kill()
  }
}
