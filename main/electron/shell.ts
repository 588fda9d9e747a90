import { app, nativeTheme, powerMonitor, protocol, safeStorage, session } from 'electron'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createDesk, type Desk } from '../host/desk.ts'
import { createLog, type HostLog } from '../host/log.ts'
import { defaultProfileFolder } from '../host/profile-place.ts'
import type { Settings } from '../../shared/model/settings.ts'
import { AppWindow } from './app-window.ts'
import { ChosenPaths } from './chosen-paths.ts'
import { CommandQueue } from './command-queue.ts'
import { createKeyStore } from './key-store.ts'
import { claimToxLinks, isToxLink, type Opened, openedBy } from './links.ts'
import { setLoginItem } from './login-item.ts'
import type { StartOptions } from './options.ts'
import { createPageResponder, PAGE_SCHEME } from './page-protocol.ts'
import { QuitSequence } from './quit-sequence.ts'
import { guardContents, guardSession } from './security.ts'
import { watchSettings } from './settings-watch.ts'
import { quitBeforeShutdown } from './shutdown.ts'
import { textsOf } from './texts.ts'

/** Where the built page lies, beside the built main. */
const RENDERER_FOLDER = join(import.meta.dirname, '../renderer')

/** What the shell itself goes by before a profile is open. */
const SETTINGS_BEFORE = { language: 'system', theme: 'system', closeToTray: false } as const
type ShellSettings = Pick<Settings, 'language' | 'theme' | 'closeToTray'>

/** Wires the app: one host, one window, and what the system asks of them. Called once, before the app is ready. */
export function runShell(options: StartOptions): void {
  const shell = new Shell(options)
  app.on('web-contents-created', (_event, contents) => guardContents(contents))
  app.on('second-instance', (_event, argv, workingFolder) => shell.open(openedBy(argv.slice(1), workingFolder)))
  app.on('open-url', (event, link) => {
    event.preventDefault()
    shell.open({ links: isToxLink(link) ? [link] : [], savefiles: [] })
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    shell.open({ links: [], savefiles: [path] })
  })
  app.on('activate', () => shell.show())
  app.on('before-quit', (event) => {
    event.preventDefault()
    shell.quit()
  })
  // There is one window; whether the app outlives it is decided where it is closed.
  app.on('window-all-closed', () => {})
  void app.whenReady().then(() => shell.start())
}

class Shell {
  readonly #options: StartOptions
  readonly #log: HostLog = createLog({ level: 'warn' })
  readonly #commands = new CommandQueue()
  readonly #chosen = new ChosenPaths()
  readonly #quit: QuitSequence
  #settings: ShellSettings = SETTINGS_BEFORE
  #desk: Desk | undefined
  #window: AppWindow | undefined

  constructor(options: StartOptions) {
    this.#options = options
    this.#quit = new QuitSequence({
      announce: () => {
        this.#commands.push({ kind: 'quitting' })
        this.#window?.announceLeaving()
      },
      stop: async () => {
        await this.#desk?.stop()
        this.#window?.destroy()
      },
      exit: (exitCode) => app.exit(exitCode),
      onFailure: (error) => this.#logFailure(error),
    })
    this.#push(options.opened)
  }

  start(): void {
    guardSession(session.defaultSession)
    protocol.handle(PAGE_SCHEME, createPageResponder(RENDERER_FOLDER))
    claimToxLinks(app)
    const desk = this.#createDesk()
    this.#desk = desk
    this.#window = new AppWindow({
      dataFolder: app.getPath('userData'),
      commands: this.#commands,
      chosen: this.#chosen,
      attach: (pipe) => desk.attach(pipe),
      texts: () => textsOf(this.#settings.language, app.getLocale()),
      // On macOS an app outlives its window, by the system's own habit.
      staysInTray: () => !this.#quit.hasBegun && (this.#settings.closeToTray || process.platform === 'darwin'),
      isHidden: this.#options.isHidden,
      onQuit: () => this.quit(),
      onFailure: (error) => this.#logFailure(error),
    })
    watchSettings(
      (pipe) => desk.attach(pipe),
      (settings) => this.#apply(settings),
      (error) => this.#logFailure(error),
    )
    void desk.quitAsked.then(() => this.#quit.begin(desk.hasFailed ? 1 : 0))
    quitBeforeShutdown(powerMonitor, () => this.quit())
  }

  /** Somebody opened the app again, perhaps with something for it. */
  open(opened: Opened): void {
    this.#push(opened)
    this.show()
  }

  show(): void {
    this.#window?.show()
  }

  quit(): void {
    this.#quit.begin()
  }

  #push({ links, savefiles }: Opened): void {
    for (const link of links) this.#commands.push({ kind: 'openLink', link })
    for (const path of savefiles) {
      this.#chosen.noteRead(path)
      this.#commands.push({ kind: 'openSavefile', path })
    }
  }

  #createDesk(): Desk {
    const { bootstrap, udpPort, lanDiscovery, dataFolder } = this.#options
    const keyStore = createKeyStore(safeStorage, process.platform)
    return createDesk({
      // Of a run with a folder of its own, or where every shell of this person looks.
      profileFolder: dataFolder === undefined ? defaultProfileFolder() : join(dataFolder, 'profile'),
      shell: 'electron',
      scope: 'internet',
      log: this.#log,
      lanDiscovery,
      powerSource: () => (powerMonitor.isOnBatteryPower() ? 'battery' : 'mains'),
      ...(bootstrap.length > 0 ? { bootstrap } : {}),
      ...(udpPort === undefined ? {} : { udpPort }),
      ...(keyStore ? { keyStore } : {}),
    })
  }

  #apply(settings: Settings): void {
    this.#settings = settings
    nativeTheme.themeSource = settings.theme
    this.#window?.applyTexts()
    const program = process.env['APPIMAGE'] ?? app.getPath('exe')
    const autostartFolder = join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'autostart')
    setLoginItem({ app, platform: process.platform, autostartFolder, program }, settings.startAtLogin)
  }

  #logFailure(error: unknown): void {
    this.#log.write('error', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}
