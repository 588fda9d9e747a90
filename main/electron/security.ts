import type { Event, Session, WebContents, WebPreferences } from 'electron'
import { isOwnPage, PAGE_SCHEME } from './page-protocol.ts'

/** What every window's page lives under. Each line says what Electron does by default too, so that no default can slip. */
export const SAFE_WEB_PREFERENCES = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  nodeIntegrationInWorker: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  plugins: false,
  navigateOnDragDrop: false,
  safeDialogs: true,
  // Chromium would fetch its dictionaries from a server.
  spellcheck: false,
} as const satisfies WebPreferences

/** Schemes that stand for something in this process; every other one would leave it. */
const LOCAL_SCHEMES: ReadonlySet<string> = new Set([`${PAGE_SCHEME}:`, 'data:', 'blob:', 'devtools:'])

/** Copying text is all that the page may do beyond drawing itself. */
const ALLOWED_PERMISSION = 'clipboard-sanitized-write'

type GuardedSession = Pick<
  Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setSpellCheckerEnabled'
  | 'webRequest'
  | 'on'
>

/** Denies permissions, devices, downloads from elsewhere and the network to everything that runs in the session. */
export function guardSession(session: GuardedSession): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl, isMainFrame }) => {
    answer(permission === ALLOWED_PERMISSION && isMainFrame && isOwnPage(requestingUrl))
  })
  session.setPermissionCheckHandler(
    (_contents, permission, origin, { isMainFrame }) =>
      permission === ALLOWED_PERMISSION && isMainFrame && isOwnPage(origin.endsWith('/') ? origin : `${origin}/`),
  )
  session.setDevicePermissionHandler(() => false)
  session.setSpellCheckerEnabled(false)
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isLocal(url) }))
  // What the page made itself, such as receipts, Electron saves where the person says in its own dialog; the host writes the rest.
  session.on('will-download', (event, item) => {
    if (!isMadeByPage(item.getURL())) event.preventDefault()
  })
}

/** Keeps what a page can do to its window to the page itself. */
export function guardContents(
  contents: Pick<WebContents, 'setWindowOpenHandler' | 'setWebRTCIPHandlingPolicy' | 'on'>,
): void {
  const refuse = (event: Pick<Event, 'preventDefault'>): void => event.preventDefault()
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  contents.on('will-navigate', refuse)
  contents.on('will-frame-navigate', refuse)
  contents.on('will-redirect', refuse)
  contents.on('will-attach-webview', refuse)
}

function isMadeByPage(url: string): boolean {
  return url.startsWith('blob:') && isOwnPage(url.slice('blob:'.length))
}

function isLocal(url: string): boolean {
  return URL.canParse(url) && LOCAL_SCHEMES.has(new URL(url).protocol)
}
