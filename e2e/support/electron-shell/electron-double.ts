import { EventEmitter } from 'node:events'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { FrameKind, FromMain, ToMain, WindowOptions } from './harness-messages.ts'

/**
 * Stands in for the `electron` module under the built main. It has as much of Electron as the app uses, keeps to its
 * order of events, and hands the rest to the test: the page runs in a Chromium over there.
 */

type Answer = (args: readonly unknown[]) => unknown

/** What the test can ask for, by name. */
const answers = new Map<string, Answer>()

function tell(message: FromMain): void {
  process.send?.(message)
}

function call(name: string, ...args: readonly unknown[]): void {
  tell({ kind: 'call', name, args })
}

/** An event as Electron hands it over; whether somebody prevented it can be asked afterwards. */
class PreventableEvent {
  isPrevented = false
  preventDefault(): void {
    this.isPrevented = true
  }
}

class App extends EventEmitter {
  readonly isPackaged = false
  #isReady = false
  #isSandboxed = false
  readonly #paths = new Map([
    ['userData', process.env['AMPOULE_E2E_DATA'] ?? ''],
    ['downloads', join(process.env['AMPOULE_E2E_DATA'] ?? '', 'downloads')],
    ['exe', process.execPath],
  ])

  constructor() {
    super()
    setImmediate(() => {
      this.#isReady = true
      this.emit('ready')
    })
  }

  whenReady(): Promise<void> {
    return this.#isReady ? Promise.resolve() : new Promise((resolve) => this.once('ready', resolve))
  }
  enableSandbox(): void {
    this.#isSandboxed = this.beforeReady('enableSandbox')
  }
  get isSandboxed(): boolean {
    return this.#isSandboxed
  }
  beforeReady(name: string): true {
    if (this.#isReady) throw new Error(`${name} was called after the app was ready`)
    return true
  }
  setPath(name: string, path: string): void {
    mkdirSync(path, { recursive: true })
    this.#paths.set(name, path)
  }
  getPath(name: string): string {
    const path = this.#paths.get(name)
    if (path === undefined) throw new Error(`no path ${name}`)
    return path
  }
  getName(): string {
    return 'Ampoule'
  }
  getLocale(): string {
    return process.env['AMPOULE_E2E_LOCALE'] ?? 'en-US'
  }
  /** The first to make the file has the lock, for as long as it runs. */
  requestSingleInstanceLock(): boolean {
    const lock = join(this.getPath('userData'), 'e2e-instance')
    if (existsSync(lock)) {
      tell({ kind: 'second', argv: process.argv, folder: process.cwd() })
      return false
    }
    writeFileSync(lock, String(process.pid))
    process.once('exit', () => rmSync(lock, { force: true }))
    return true
  }
  quit(): void {
    const event = new PreventableEvent()
    this.emit('before-quit', event)
    if (!event.isPrevented) this.exit(0)
  }
  exit(exitCode: number): void {
    // What was told before must arrive first.
    if (process.send && process.connected)
      process.send({ kind: 'call', name: 'exit', args: [exitCode] }, () => process.exit(exitCode))
    else process.exit(exitCode)
  }
  setAppUserModelId(id: string): void {
    call('setAppUserModelId', id)
  }
  setAsDefaultProtocolClient(scheme: string): void {
    call('setAsDefaultProtocolClient', scheme)
  }
  setBadgeCount(count: number): void {
    call('setBadgeCount', count)
  }
  setLoginItemSettings(settings: unknown): void {
    call('setLoginItemSettings', settings)
  }
}

export const app = new App()
process.on('SIGTERM', () => app.quit())

class WebContents extends EventEmitter {
  readonly mainFrame = { url: '' }
  openHandler: ((details: { url: string }) => { action: string }) | undefined
  #isDestroyed = false

  send(channel: string, ...args: unknown[]): void {
    tell({ kind: 'send', channel, args })
  }
  isDestroyed(): boolean {
    return this.#isDestroyed
  }
  destroy(): void {
    this.#isDestroyed = true
  }
  setWindowOpenHandler(handler: typeof this.openHandler): void {
    this.openHandler = handler
  }
  setWebRTCIPHandlingPolicy(policy: string): void {
    call('setWebRTCIPHandlingPolicy', policy)
  }
  setZoomLevel(level: number): void {
    call('setZoomLevel', level)
  }
  reload(): void {
    this.emit('did-navigate')
    tell({ kind: 'load', url: this.mainFrame.url })
  }
}

export class BrowserWindow extends EventEmitter {
  static current: BrowserWindow | undefined
  readonly webContents = new WebContents()
  #isMaximized = false
  #onLoaded: () => void = () => {}

  constructor(options: WindowOptions) {
    super()
    BrowserWindow.current = this
    tell({ kind: 'window', options: { ...options, isAppSandboxed: app.isSandboxed } as WindowOptions })
    app.emit('web-contents-created', {}, this.webContents)
  }
  loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url
    this.webContents.emit('did-navigate')
    tell({ kind: 'load', url })
    return new Promise((resolve) => {
      this.#onLoaded = resolve
    })
  }
  loaded(): void {
    this.webContents.emit('did-finish-load')
    this.emit('ready-to-show')
    this.#onLoaded()
  }
  maximize(): void {
    this.#isMaximized = true
  }
  isMaximized(): boolean {
    return this.#isMaximized
  }
  isMinimized(): boolean {
    return false
  }
  isFullScreen(): boolean {
    return false
  }
  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    return { x: 10, y: 20, width: 900, height: 700 }
  }
  close(): void {
    const event = new PreventableEvent()
    this.emit('close', event)
    if (!event.isPrevented) this.destroy()
  }
  destroy(): void {
    this.webContents.destroy()
    call('destroy')
  }
  restore(): void {
    call('restore')
  }
  show(): void {
    call('show')
  }
  hide(): void {
    call('hide')
  }
  focus(): void {
    call('focus')
  }
  setTitle(title: string): void {
    call('setTitle', title)
  }
  setProgressBar(progress: number): void {
    call('setProgressBar', progress)
  }
  setOverlayIcon(_icon: unknown, description: string): void {
    call('setOverlayIcon', description)
  }
}

export const ipcMain = new EventEmitter()

type PageHandler = (request: { method: string; url: string }) => Promise<Response>
let pageHandler: PageHandler | undefined

export const protocol = {
  registerSchemesAsPrivileged(schemes: readonly { scheme: string }[]): void {
    app.beforeReady('registerSchemesAsPrivileged')
    call('registerSchemesAsPrivileged', schemes)
  },
  handle(_scheme: string, handler: PageHandler): void {
    pageHandler = handler
  },
}

type Grant = (isGranted: boolean) => void
type RequestHandler = (contents: unknown, permission: string, grant: Grant, details: object) => void

class DefaultSession extends EventEmitter {
  permission: RequestHandler = (_contents, _permission, grant) => grant(true)
  beforeRequest: (details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void = (_, answer) =>
    answer({})
  readonly webRequest = {
    onBeforeRequest: (listener: typeof this.beforeRequest): void => {
      this.beforeRequest = listener
    },
  }
  setPermissionRequestHandler(handler: RequestHandler): void {
    this.permission = handler
  }
  setPermissionCheckHandler(): void {}
  setDevicePermissionHandler(): void {}
  setSpellCheckerEnabled(isOn: boolean): void {
    call('setSpellCheckerEnabled', isOn)
  }
}

export const session = { defaultSession: new DefaultSession() }

interface MenuItem {
  readonly label?: string
  readonly accelerator?: string
  readonly submenu?: readonly MenuItem[]
  readonly click?: () => void
}

export class Menu {
  static current: readonly MenuItem[] = []
  readonly items: readonly MenuItem[]
  constructor(items: readonly MenuItem[]) {
    this.items = items
  }
  static buildFromTemplate(items: readonly MenuItem[]): Menu {
    return new Menu(items)
  }
  static setApplicationMenu(menu: Menu): void {
    Menu.current = menu.items
  }
}

export class Tray extends EventEmitter {
  static menu: readonly MenuItem[] = []
  constructor(icon: string) {
    super()
    if (!existsSync(icon)) throw new Error(`no tray icon at ${icon}`)
  }
  setImage(icon: string): void {
    call('tray.setImage', icon.replace(/^.*[/\\]/, ''))
  }
  setToolTip(text: string): void {
    call('tray.setToolTip', text)
  }
  setContextMenu(menu: Menu): void {
    Tray.menu = menu.items
  }
  destroy(): void {
    call('tray.destroy')
  }
}

export class Notification extends EventEmitter {
  static shown: Notification[] = []
  readonly #options: unknown
  constructor(options: unknown) {
    super()
    this.#options = options
  }
  static isSupported(): boolean {
    return true
  }
  show(): void {
    Notification.shown.push(this)
    call('notification', this.#options)
  }
}

export const safeStorage = {
  isEncryptionAvailable: (): boolean => true,
  getSelectedStorageBackend: (): string => 'gnome_libsecret',
  encryptString: (text: string): Buffer => Buffer.from(`e2e:${Buffer.from(text).toString('hex')}`),
  decryptString: (sealed: Buffer): string => {
    const [, hex] = /^e2e:([0-9a-f]*)$/.exec(sealed.toString()) ?? []
    if (hex === undefined) throw new Error('not sealed by this computer')
    return Buffer.from(hex, 'hex').toString()
  },
}

export const dialog = {
  showSaveDialog: (_window: unknown, options: { defaultPath: string }) => {
    call('showSaveDialog', options)
    return Promise.resolve({ canceled: false, filePath: options.defaultPath })
  },
}
export const shell = {
  openExternal: (link: string): Promise<void> => {
    call('openExternal', link)
    return Promise.resolve()
  },
}
export const nativeImage = { createFromPath: (path: string) => ({ path }) }
export const nativeTheme = { shouldUseDarkColors: false, themeSource: 'system' }
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1_920, height: 1_080 } }] }
export const powerMonitor = Object.assign(new EventEmitter(), { isOnBatteryPower: () => false })

process.on('message', (message: ToMain) => {
  if (message.kind === 'loaded') BrowserWindow.current?.loaded()
  else if (message.kind === 'ipc') receiveIpc(message.channel, message.args, message.from)
  else if (message.kind === 'request') void respond(message.id, message.url)
  else tell({ kind: 'answer', id: message.id, result: answers.get(message.name)?.(message.args) })
})

function receiveIpc(channel: string, args: readonly unknown[], from: FrameKind): void {
  const contents = BrowserWindow.current?.webContents
  if (!contents) return
  const { mainFrame } = contents
  const realUrl = mainFrame.url
  if (from === 'foreign page') mainFrame.url = 'https://example.org/'
  const senderFrame = from === 'within' ? { url: realUrl } : mainFrame
  ipcMain.emit(channel, { sender: from === 'other' ? {} : contents, senderFrame }, ...args)
  mainFrame.url = realUrl
}

async function respond(id: number, url: string): Promise<void> {
  const response = await pageHandler?.({ method: 'GET', url })
  if (!response) return
  const bodyBase64 = Buffer.from(await response.arrayBuffer()).toString('base64')
  tell({
    kind: 'response',
    id,
    response: { status: response.status, headers: Object.fromEntries(response.headers), bodyBase64 },
  })
}

answers.set('permission', ([permission, requestingUrl]) => {
  let isGranted: boolean | undefined
  session.defaultSession.permission({}, String(permission), (granted) => (isGranted = granted), {
    requestingUrl,
    isMainFrame: true,
  })
  return isGranted
})
answers.set('request', ([url]) => {
  let isCancelled: boolean | undefined
  session.defaultSession.beforeRequest({ url: String(url) }, ({ cancel }) => (isCancelled = cancel === true))
  return isCancelled
})
answers.set('open window', ([url]) => BrowserWindow.current?.webContents.openHandler?.({ url: String(url) }))
answers.set('navigate', ([name]) => {
  const event = new PreventableEvent()
  BrowserWindow.current?.webContents.emit(String(name), event)
  return event.isPrevented
})
answers.set('menu', () => flat(Menu.current).map(({ label, accelerator }) => ({ label, accelerator })))
answers.set('click', ([label]) =>
  flat([...Menu.current, ...Tray.menu])
    .find((item) => item.label === label)
    ?.click?.(),
)
answers.set('click notification', () => Notification.shown.at(-1)?.emit('click'))
answers.set('second instance', ([argv, folder]) => void app.emit('second-instance', {}, argv, folder))
answers.set('open url', ([url]) => void app.emit('open-url', new PreventableEvent(), url))
answers.set('close window', () => BrowserWindow.current?.close())
answers.set('log off', () => {
  const event = new PreventableEvent()
  BrowserWindow.current?.emit('query-session-end', event)
  return event.isPrevented
})
answers.set('page falls over', () => {
  BrowserWindow.current?.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
})
answers.set('theme', () => nativeTheme.themeSource)

function flat(items: readonly MenuItem[]): MenuItem[] {
  return items.flatMap((item) => [item, ...flat(item.submenu ?? [])])
}
