import type { Pipe } from './rpc.ts'

/** What a notification says, in the reader's language. A click on it opens `target`. */
export interface ShownNotice {
  readonly title: string
  readonly body: string
  readonly target: string
}

/** Whether notifications are shown: a browser wants to be asked first, and may have refused. */
export type NoticePermission = 'granted' | 'refused' | 'unasked'

/** What a menu, the tray or the operating system asks the window to do. */
export type ShellCommand =
  | { readonly kind: 'openLink'; readonly link: string }
  | { readonly kind: 'openTarget'; readonly target: string }
  /** A Tox savefile that the person opened with the app. */
  | { readonly kind: 'openSavefile'; readonly path: string }
  | { readonly kind: 'showSettings' }
  | { readonly kind: 'addFriend' }
  | { readonly kind: 'search' }
  /** The app is leaving: it hands over what it holds for others, which takes a few seconds. */
  | { readonly kind: 'quitting' }

/**
 * What the window around the renderer can do beside the contract: Electron's preload and the web shell each have one.
 *
 * FileLike   the DOM's `File`; shared code has no DOM types
 */
export interface Shell<FileLike = unknown> {
  readonly kind: 'electron' | 'web'
  /** A path that the host can read this file at, for `files.send` and imports. The web shell uploads it first. */
  hostPath(file: FileLike): Promise<string>
  /** Where the host may write a new file for the person; undefined if they thought better of it. */
  chooseSavePath(suggestedName: string): Promise<string | undefined>
  /** Hands over what the host wrote at a path of `chooseSavePath`: the web shell starts a download. */
  deliver(path: string): Promise<void>
  notify(notice: ShownNotice): Promise<void>
  noticePermission(): NoticePermission
  /** Lets the browser ask the person; only while they press something. */
  askForNotices(): Promise<NoticePermission>
  /** Unread messages, for tray, dock and title. */
  setBadge(unreadCount: number): void
  /** Opens an http, https or mailto link outside. */
  openExternal(link: string): Promise<void>
  onCommand(listener: (command: ShellCommand) => void): () => void
}

/**
 * What Electron's preload puts into the page's global object; the web shell has neither. It is the pipe and not a client
 * of the contract, because errors lose their code where they cross from the preload to the page.
 */
export interface ShellGlobals<FileLike = unknown> {
  readonly pipe: Pipe
  readonly shell: Shell<FileLike>
}
