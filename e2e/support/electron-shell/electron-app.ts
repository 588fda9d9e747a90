import type { Browser, BrowserContext, Page, Route } from '@playwright/test'
import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import type { ShellCommand, ShellGlobals } from '../../../shared/api/shell.ts'
import type { FrameKind, FromMain, PageResponse, ToMain, WindowOptions } from './harness-messages.ts'
import { DELIVER_GLOBAL, preloadScript, SEND_BINDING } from './preload-double.ts'

const DIST = resolve(import.meta.dirname, '../../../dist')
const HOOKS = resolve(import.meta.dirname, 'electron-hooks.ts')
/** Chromium knows no `app:`; this name stands for it, and no request for it leaves the browser. */
const PAGE_ORIGIN = 'https://ampoule.test'
const APP_ORIGIN = 'app://ampoule'

export interface ElectronAppOptions {
  readonly dataFolder: string
  readonly args?: readonly string[]
  readonly locale?: string
}

declare global {
  interface Window {
    readonly ampoule?: ShellGlobals<File>
    e2eCommands?: ShellCommand[]
  }
}

/** A reply of the host, or news. */
interface FromHost {
  readonly id?: unknown
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

interface Call {
  readonly name: string
  readonly args: readonly unknown[]
}

/**
 * The built app: main in a process of its own under Node, preload and page in a real Chromium. Only Electron between
 * them is a double.
 */
export class ElectronApp {
  readonly calls: Call[] = []
  /** Requests of the page for anything but its own files. */
  readonly strayRequests: string[] = []
  readonly pageErrors: string[] = []
  readonly exited: Promise<number | null>
  windowOptions: WindowOptions | undefined
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (result: unknown) => void>()
  readonly #replies = new Map<string, (reply: FromHost) => void>()
  #nextId = 1
  #stderr = ''
  #context: BrowserContext | undefined
  #page: Page | undefined
  #delivery: Promise<void> = Promise.resolve()
  #loaded: Promise<void> = Promise.resolve()
  #onSecond: (argv: readonly string[], folder: string) => void = () => {}

  private constructor({ dataFolder, args = [], locale = 'en-US' }: ElectronAppOptions) {
    mkdirSync(dataFolder, { recursive: true })
    this.#child = fork(join(DIST, 'main/main.js'), [...args], {
      execArgv: ['--import', HOOKS],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...process.env,
        AMPOULE_NETWORK_SCOPE: 'loopback',
        AMPOULE_E2E_DATA: dataFolder,
        AMPOULE_E2E_LOCALE: locale,
      },
    })
    this.#child.stderr?.on('data', (text: Buffer) => (this.#stderr += text.toString()))
    // Not `exit`: what main said last may still be on its way then.
    this.exited = new Promise((resolve_) => this.#child.once('close', resolve_))
  }

  /** Starts the app and waits until its page is loaded. */
  static async launch(browser: Browser, options: ElectronAppOptions): Promise<ElectronApp> {
    const app = new ElectronApp(options)
    app.#context = await browser.newContext({
      viewport: { width: 1_080, height: 720 },
      locale: options.locale ?? 'en-US',
    })
    const page = await app.#context.newPage()
    app.#page = page
    await app.#preparePage(page)
    const loaded = new Promise<void>((resolve_, reject) => {
      app.#child.on('message', (message: FromMain) => app.#receive(message, resolve_, reject))
      app.#child.once('exit', (exitCode) => reject(new Error(`main ended with ${exitCode}: ${app.#stderr}`)))
    })
    await loaded
    return app
  }

  /** Starts the app a second time beside `first`; it ends by itself. */
  static async launchSecond(first: ElectronApp, options: ElectronAppOptions): Promise<number | null> {
    const second = new ElectronApp(options)
    const handedOver = new Promise<void>((resolve_) => {
      second.#onSecond = (argv, folder) => void first.ask('second instance', argv, folder).then(() => resolve_())
    })
    second.#child.on('message', (message: FromMain) =>
      second.#receive(
        message,
        () => {},
        () => {},
      ),
    )
    const exitCode = await second.exited
    await handedOver
    return exitCode
  }

  get page(): Page {
    if (!this.#page) throw new Error('the app has no window')
    return this.#page
  }

  /** The page that main asked for last is there. */
  get loaded(): Promise<void> {
    return this.#loaded
  }

  get stderr(): string {
    return this.#stderr
  }

  /** Asks the double for something, see `answers` there. */
  ask(name: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#request((id) => ({ kind: 'ask', id, name, args }))
  }

  /** Sends main a frame as some other sender would. */
  sendAs(from: FrameKind, channel: string, ...args: readonly unknown[]): void {
    this.#tell({ kind: 'ipc', channel, args, from })
  }

  callsOf(name: string): (readonly unknown[])[] {
    return this.calls.filter((call) => call.name === name).map(({ args }) => args)
  }

  /** Asks the contract for something through the page's own pipe. Throws what the host refuses, with its code. */
  async callApi(method: string, params: object): Promise<unknown> {
    const id = `e2e-${this.#nextId++}`
    const reply = new Promise<FromHost>((resolve_) => this.#replies.set(id, resolve_))
    const frame = JSON.stringify({ jsonrpc: '2.0', id, method, params })
    await this.page.evaluate((text) => window.ampoule?.pipe.send(text), frame)
    const { result, error } = await reply
    if (error) throw Object.assign(new Error(error.message), { code: error.code })
    return result
  }

  /** Lets the page listen for commands beside the renderer, which does so once a profile is open. */
  async listen(): Promise<void> {
    await this.page.evaluate(() => {
      window.e2eCommands = []
      window.ampoule?.shell.onCommand((command) => window.e2eCommands?.push(command))
    })
  }

  /** The commands that the page has heard since. */
  async commands(): Promise<readonly ShellCommand[]> {
    return await this.page.evaluate(() => window.e2eCommands ?? [])
  }

  /** What main's handler of the page's scheme answers. */
  async fetchPage(url: string): Promise<PageResponse> {
    const answer = await this.#request((id) => ({ kind: 'request', id, url }))
    return answer as PageResponse // Made by the double, from the handler's response.
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGTERM')
    await this.exited
    await this.#context?.close()
  }

  #receive(message: FromMain, onLoaded: () => void, onFailed: (error: unknown) => void): void {
    switch (message.kind) {
      case 'window':
        this.windowOptions = message.options
        break
      case 'load':
        this.#loaded = this.#load(message.url)
        this.#loaded.then(onLoaded, onFailed)
        break
      case 'send':
        this.#deliver(message.channel, message.args)
        break
      case 'response':
        this.#settle(message.id, message.response)
        break
      case 'answer':
        this.#settle(message.id, message.result)
        break
      case 'call':
        this.calls.push(message)
        break
      case 'second':
        this.#onSecond(message.argv, message.folder)
        break
    }
  }

  async #preparePage(page: Page): Promise<void> {
    page.on('pageerror', (error) => this.pageErrors.push(String(error)))
    await page.exposeBinding(SEND_BINDING, ({ frame }, text: string) => {
      const { channel, args } = JSON.parse(text) as { channel: string; args: unknown[] }
      this.sendAs(frame === page.mainFrame() ? 'main' : 'within', channel, ...args)
    })
    await page.addInitScript({ content: preloadScript(join(DIST, 'preload/preload.cjs')) })
    await page.route('**/*', (route) => this.#serve(route))
  }

  /** Every request of the page is answered by main's own handler of the page's scheme, headers included. */
  async #serve(route: Route): Promise<void> {
    const url = route.request().url()
    if (!url.startsWith(`${PAGE_ORIGIN}/`)) {
      this.strayRequests.push(url)
      await route.abort()
      return
    }
    const asked = this.fetchPage(APP_ORIGIN + url.slice(PAGE_ORIGIN.length))
    const answer = await Promise.race([asked, this.exited.then(() => undefined)])
    if (!answer) {
      await route.abort()
      return
    }
    const { status, headers, bodyBase64 } = answer
    await route.fulfill({ status, headers, body: Buffer.from(bodyBase64, 'base64') })
  }

  async #load(url: string): Promise<void> {
    await this.page.goto(url.replace(APP_ORIGIN, PAGE_ORIGIN))
    this.#tell({ kind: 'loaded' })
  }

  /** One after another, as IPC does. A page that is gone hears nothing. */
  #deliver(channel: string, args: readonly unknown[]): void {
    this.#note(args[0])
    this.#delivery = this.#delivery
      .then(() =>
        this.page.evaluate(([global, name, values]) => window[global]?.(name, values), [
          DELIVER_GLOBAL,
          channel,
          args,
        ] as const),
      )
      .catch(() => {})
  }

  #note(frame: unknown): void {
    const message = typeof frame === 'string' ? (JSON.parse(frame) as FromHost) : {}
    if (typeof message.id !== 'string') return
    this.#replies.get(message.id)?.(message)
    this.#replies.delete(message.id)
  }

  #request(message: (id: number) => ToMain): Promise<unknown> {
    const id = this.#nextId++
    const answered = new Promise<unknown>((resolve_) => this.#waiting.set(id, resolve_))
    this.#tell(message(id))
    return answered
  }

  #settle(id: number, result: unknown): void {
    this.#waiting.get(id)?.(result)
    this.#waiting.delete(id)
  }

  #tell(message: ToMain): void {
    // Main may be gone by the time that it arrives: then nobody has to hear it.
    if (this.#child.connected) this.#child.send(message, () => {})
  }
}
