import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron'
import type { ShellTexts } from './text/en.ts'

export interface TrayOptions {
  readonly createTray: (icon: string) => Tray
  readonly buildMenu: (template: MenuItemConstructorOptions[]) => Menu
  /** Files of the two icons: nothing new, and something unread. */
  readonly icons: { readonly plain: string; readonly unread: string }
  readonly onShow: () => void
  readonly onQuit: () => void
}

/** The sign in the corner that the app is there, also with its window put away. */
export class TrayIcon {
  readonly #options: TrayOptions
  readonly #tray: Tray
  #unreadCount = 0

  constructor(options: TrayOptions, texts: ShellTexts) {
    this.#options = options
    this.#tray = options.createTray(options.icons.plain)
    this.#tray.on('click', () => options.onShow())
    this.#write(texts)
  }

  setUnread(count: number, texts: ShellTexts): void {
    this.#unreadCount = count
    this.#tray.setImage(count > 0 ? this.#options.icons.unread : this.#options.icons.plain)
    this.#write(texts)
  }

  /** In another language. */
  setTexts(texts: ShellTexts): void {
    this.#write(texts)
  }

  destroy(): void {
    this.#tray.destroy()
  }

  #write(texts: ShellTexts): void {
    const unread = this.#unreadCount > 0 ? texts.unread(this.#unreadCount) : undefined
    this.#tray.setToolTip(unread === undefined ? 'Ampoule' : `Ampoule – ${unread}`)
    const { buildMenu, onShow, onQuit } = this.#options
    this.#tray.setContextMenu(
      buildMenu([
        { label: texts.show, click: () => onShow() },
        ...(unread === undefined ? [] : [{ label: unread, enabled: false }]),
        { type: 'separator' },
        { label: texts.quit, click: () => onQuit() },
      ]),
    )
  }
}

export interface BadgeOptions {
  readonly platform: NodeJS.Platform
  /** Dock of macOS, launchers of Linux that have one. */
  readonly setBadgeCount: (count: number) => void
  /** Windows has a small picture over the taskbar's icon instead. */
  readonly setOverlay: (icon: NativeImage | null, description: string) => void
  readonly overlay: () => NativeImage
}

/** Shows how many messages are unread at the app's icon, as the platform does it. */
export function showBadge(options: BadgeOptions, count: number, texts: ShellTexts): void {
  if (options.platform !== 'win32') options.setBadgeCount(count)
  else if (count > 0) options.setOverlay(options.overlay(), texts.unread(count))
  else options.setOverlay(null, '')
}
