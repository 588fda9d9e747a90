import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  Notification,
  screen,
  shell,
  Tray,
} from 'electron'
import { join } from 'node:path'
import process from 'node:process'
import { createPipeEmitters, type Pipe, serve } from '../../shared/api/rpc.ts'
import { IPC_CHANNELS, windowContract } from '../../shared/api/window-contract.ts'
import { type ChosenPaths, guardPaths } from './chosen-paths.ts'
import type { CommandQueue } from './command-queue.ts'
import { keepIpcLine } from './ipc-pipe.ts'
import { menuTemplate } from './menu.ts'
import { Notifier } from './notifications.ts'
import { PAGE_URL } from './page-protocol.ts'
import type { ShellTexts } from './text/en.ts'
import { quitBeforeSessionEnd } from './shutdown.ts'
import { showBadge, TrayIcon } from './tray.ts'
import { createWindowHandlers } from './window-handlers.ts'
import { reachable, readWindowState, writeWindowState } from './window-state.ts'
import { WindowKeeper, windowOptions } from './window.ts'

const PRELOAD = join(import.meta.dirname, '../preload/preload.cjs')
const RESOURCES = join(import.meta.dirname, '../../resources')
const ICON = join(RESOURCES, 'icon.png')
/** macOS colours a template itself, by its bar; its name ends so for that. */
const TRAY_ICONS =
  process.platform === 'darwin'
    ? { plain: join(RESOURCES, 'trayTemplate.png'), unread: join(RESOURCES, 'tray-unreadTemplate.png') }
    : { plain: join(RESOURCES, 'tray.png'), unread: join(RESOURCES, 'tray-unread.png') }

/** A page that fell over is loaded again, so often in a row at most; then the app leaves. */
const RELOADS_MAX = 3
const RELOADS_FORGOTTEN_MS = 60_000
/** Electron's sign for "busy, for who knows how long". */
const PROGRESS_UNKNOWN = 2

export interface AppWindowOptions {
  readonly dataFolder: string
  readonly commands: CommandQueue
  /** What the page may name to the host; what is chosen in this window comes to it. */
  readonly chosen: ChosenPaths
  /** Lets a page speak the contract; returns how to let go of it. */
  readonly attach: (pipe: Pipe) => () => void
  readonly texts: () => ShellTexts
  readonly staysInTray: () => boolean
  readonly isHidden: boolean
  readonly onQuit: () => void
  readonly onFailure: (error: unknown) => void
}

/** The one window with all that belongs to it: page, pipes, menu, tray, badge and notifications. */
export class AppWindow {
  readonly #options: AppWindowOptions
  readonly #window: BrowserWindow
  readonly #keeper: WindowKeeper
  readonly #tray: TrayIcon
  readonly #notifier: Notifier
  #unreadCount = 0
  #reloadedAt: number[] = []

  constructor(options: AppWindowOptions) {
    this.#options = options
    const statePath = join(options.dataFolder, 'window.json')
    const saved = readWindowState(statePath)
    const areas = screen.getAllDisplays().map(({ workArea }) => workArea)
    const state = { ...saved, box: reachable(saved.box, areas) }
    const isDark = nativeTheme.shouldUseDarkColors
    const hasDeveloperTools = !app.isPackaged
    this.#window = new BrowserWindow(windowOptions({ state, preload: PRELOAD, icon: ICON, isDark, hasDeveloperTools }))
    this.#keeper = new WindowKeeper({
      window: this.#window,
      state,
      write: (next) => writeWindowState(statePath, next),
      staysInTray: () => options.staysInTray(),
      onClosed: () => options.onQuit(),
    })
    quitBeforeSessionEnd(this.#window, () => options.onQuit())
    this.#tray = this.#createTray()
    this.#notifier = this.#createNotifier()
    this.applyTexts()
    this.#openPipes()
    this.#load()
  }

  show(): void {
    this.#keeper.show()
  }

  /** Writes menu and tray anew, in the language of the settings. */
  applyTexts(): void {
    const texts = this.#options.texts()
    const actions = {
      command: this.#command,
      zoom: (step: 1 | -1 | 0) => this.#keeper.zoom(step),
      quit: () => this.#options.onQuit(),
    }
    const template = menuTemplate({ texts, actions, platform: process.platform, hasDeveloperTools: !app.isPackaged })
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
    this.#tray.setTexts(texts)
  }

  /** Says in the title and at the icon that the app is leaving, should the page not be able to. */
  announceLeaving(): void {
    this.#window.setTitle(this.#options.texts().leaving)
    this.#window.setProgressBar(PROGRESS_UNKNOWN)
  }

  destroy(): void {
    this.#keeper.save()
    this.#keeper.release()
    this.#tray.destroy()
    this.#window.destroy()
  }

  readonly #command: CommandQueue['push'] = (command) => {
    this.#options.commands.push(command)
    this.show()
  }

  #openPipes(): void {
    const { commands, chosen, onFailure } = this.#options
    const attach = (pipe: Pipe): (() => void) => this.#options.attach(guardPaths(pipe, chosen))
    const contents = this.#window.webContents
    const onRefused = (reason: string): void => onFailure(new Error(`a frame was refused: ${reason}`))
    keepIpcLine({ channel: IPC_CHANNELS.api, ipcMain, contents, attach, onRefused })
    keepIpcLine({
      channel: IPC_CHANNELS.window,
      ipcMain,
      contents,
      onRefused,
      attach: (pipe) => {
        serve(windowContract, this.#windowHandlers(pipe), pipe, onFailure)
        return () => commands.close()
      },
    })
  }

  #windowHandlers(pipe: Pipe) {
    const emit = createPipeEmitters(windowContract, pipe)
    return createWindowHandlers({
      onReady: () => this.#options.commands.open((command) => emit.window.command(command)),
      platform: process.platform,
      askSavePath: (fileName) => this.#askSavePath(fileName),
      onChosen: (path) => this.#options.chosen.noteRead(path),
      notify: (notice) => this.#notifier.show(notice),
      setBadge: (unreadCount) => this.#setBadge(unreadCount),
      openOutside: (link) => shell.openExternal(link),
    })
  }

  async #askSavePath(fileName: string): Promise<string | undefined> {
    const defaultPath = join(app.getPath('downloads'), fileName)
    const { canceled, filePath } = await dialog.showSaveDialog(this.#window, { defaultPath })
    if (canceled || filePath === '') return undefined
    this.#options.chosen.noteWrite(filePath)
    return filePath
  }

  #setBadge(unreadCount: number): void {
    if (unreadCount === this.#unreadCount) return
    this.#unreadCount = unreadCount
    const texts = this.#options.texts()
    this.#tray.setUnread(unreadCount, texts)
    showBadge(
      {
        platform: process.platform,
        setBadgeCount: (count) => app.setBadgeCount(count),
        setOverlay: (icon, description) => this.#window.setOverlayIcon(icon, description),
        overlay: () => nativeImage.createFromPath(join(RESOURCES, 'badge.png')),
      },
      unreadCount,
      texts,
    )
  }

  #createTray(): TrayIcon {
    const { texts, onQuit } = this.#options
    return new TrayIcon(
      {
        createTray: (icon) => new Tray(icon),
        buildMenu: (template) => Menu.buildFromTemplate(template),
        icons: TRAY_ICONS,
        onShow: () => this.show(),
        onQuit,
      },
      texts(),
    )
  }

  #createNotifier(): Notifier {
    return new Notifier({
      platform: process.platform,
      isSupported: () => Notification.isSupported(),
      create: (options) => new Notification(options),
      icon: ICON,
      onClick: (target) => this.#command({ kind: 'openTarget', target }),
    })
  }

  #load(): void {
    const { isHidden, onFailure } = this.#options
    const contents = this.#window.webContents
    this.#window.once('ready-to-show', () => {
      if (!isHidden) this.show()
    })
    contents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit') this.#reload(reason)
    })
    this.#window.loadURL(PAGE_URL).catch(onFailure)
  }

  #reload(reason: string): void {
    const { onFailure, onQuit } = this.#options
    onFailure(new Error(`the page fell over: ${reason}`))
    const now = Date.now()
    this.#reloadedAt = [...this.#reloadedAt.filter((at) => now - at < RELOADS_FORGOTTEN_MS), now]
    if (this.#reloadedAt.length > RELOADS_MAX) onQuit()
    else this.#window.webContents.reload()
  }
}
