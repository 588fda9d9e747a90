import { EventEmitter } from 'node:events'
import type { Session, WebContents } from 'electron'
import { expect, test } from 'vitest'
import { guardContents, guardSession, SAFE_WEB_PREFERENCES } from './security.ts'

type Handler<Name extends keyof Session> = Session[Name] extends (handler: infer H) => void ? NonNullable<H> : never

/** Keeps what Electron would be told, so that it can be asked as Electron would. */
class FakeSession extends EventEmitter {
  request: Handler<'setPermissionRequestHandler'> | undefined
  check: Handler<'setPermissionCheckHandler'> | undefined
  device: Handler<'setDevicePermissionHandler'> | undefined
  spellChecker = true
  beforeRequest: ((details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void) | undefined
  readonly webRequest = {
    onBeforeRequest: (listener: typeof this.beforeRequest) => {
      this.beforeRequest = listener
    },
  }
  setPermissionRequestHandler(handler: typeof this.request): void {
    this.request = handler
  }
  setPermissionCheckHandler(handler: typeof this.check): void {
    this.check = handler
  }
  setDevicePermissionHandler(handler: typeof this.device): void {
    this.device = handler
  }
  setSpellCheckerEnabled(isOn: boolean): void {
    this.spellChecker = isOn
  }
}

function guarded(): FakeSession {
  const session = new FakeSession()
  guardSession(session as unknown as Session)
  return session
}

const CONTENTS = {} as WebContents
const OWN = 'app://ampoule/index.html'
const PERMISSIONS = [
  'media',
  'geolocation',
  'notifications',
  'midi',
  'fullscreen',
  'openExternal',
  'clipboard-read',
] as const

function asks(session: FakeSession, permission: string, requestingUrl: string, isMainFrame: boolean): unknown {
  let answered: unknown
  session.request?.(CONTENTS, permission as 'media', (isGranted) => (answered = isGranted), {
    requestingUrl,
    isMainFrame,
  })
  return answered
}

test('no window may have what would let a page out of its sandbox', () => {
  expect(SAFE_WEB_PREFERENCES).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    spellcheck: false,
  })
})

test('every permission is denied, but copying text from our own page', () => {
  const session = guarded()
  for (const permission of PERMISSIONS) {
    expect(asks(session, permission, OWN, true), permission).toBe(false)
    expect(session.check?.(CONTENTS, permission, 'app://ampoule/', { isMainFrame: true, requestingUrl: OWN })).toBe(
      false,
    )
  }
  expect(asks(session, 'clipboard-sanitized-write', OWN, true)).toBe(true)
  expect(asks(session, 'clipboard-sanitized-write', OWN, false)).toBe(false)
  expect(asks(session, 'clipboard-sanitized-write', 'https://example.org/', true)).toBe(false)
})

test('the check agrees with the request, however Electron writes the origin', () => {
  const session = guarded()
  const check = (origin: string, isMainFrame: boolean) =>
    session.check?.(CONTENTS, 'clipboard-sanitized-write', origin, { isMainFrame })
  expect([check('app://ampoule', true), check('app://ampoule/', true)]).toEqual([true, true])
  expect([check('app://ampoule', false), check('https://example.org', true), check('', true)]).toEqual([
    false,
    false,
    false,
  ])
})

test('no device, no spell checker, and no download of what the page did not make itself', () => {
  const session = guarded()
  expect(session.device?.({ deviceType: 'usb', origin: OWN } as never)).toBe(false)
  const isPrevented = (url: string): boolean => {
    let wasPrevented = false
    session.emit('will-download', { preventDefault: () => (wasPrevented = true) }, { getURL: () => url })
    return wasPrevented
  }
  for (const url of ['https://example.org/x.exe', OWN, 'blob:https://example.org/1', 'blob:null/1', 'data:,x', '']) {
    expect(isPrevented(url), url).toBe(true)
  }
  expect(isPrevented('blob:app://ampoule/8c1d')).toBe(false)
  expect(session.spellChecker).toBe(false)
})

test('no request leaves this process', () => {
  const session = guarded()
  const isCancelled = (url: string): unknown => {
    let cancel: unknown
    session.beforeRequest?.({ url }, (response) => (cancel = response.cancel))
    return cancel
  }
  for (const url of [OWN, 'data:image/png;base64,AA', 'blob:app://ampoule/1']) expect(isCancelled(url), url).toBe(false)
  const outside = [
    'https://example.org/',
    'http://127.0.0.1/',
    'ws://x/',
    'wss://x/',
    'file:///etc/passwd',
    'ftp://x/',
    '',
  ]
  for (const url of outside) expect(isCancelled(url), url).toBe(true)
})

test('a page can neither lead its window elsewhere nor open another', () => {
  class FakeContents extends EventEmitter {
    opener: Parameters<WebContents['setWindowOpenHandler']>[0] | undefined
    webRtc: string | undefined
    setWindowOpenHandler(handler: typeof this.opener): void {
      this.opener = handler
    }
    setWebRTCIPHandlingPolicy(policy: string): void {
      this.webRtc = policy
    }
  }
  const contents = new FakeContents()
  guardContents(contents as unknown as WebContents)
  expect(contents.opener?.({ url: OWN } as never)).toEqual({ action: 'deny' })
  for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
    let isPrevented = false
    contents.emit(name, { preventDefault: () => (isPrevented = true) })
    expect(isPrevented, name).toBe(true)
  }
  expect(contents.webRtc).toBe('disable_non_proxied_udp')
})
