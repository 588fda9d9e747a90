import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import type { NoticePermission, Shell, ShellCommand } from '../../shared/api/shell.ts'

/** What a browser tab can do beside the contract, with the help of the web shell's `/exchange` addresses. */
export function createWebShell(): Shell<File> {
  const listeners = new Set<(command: ShellCommand) => void>()
  const tell = (command: ShellCommand): void => {
    for (const listener of listeners) listener(command)
  }
  return {
    kind: 'web',
    hostPath: upload,
    chooseSavePath: async (name) => await pathFrom(await post('exchange/save-path', JSON.stringify({ name }))),
    deliver: async (path) => startDownload(`exchange/file?path=${encodeURIComponent(path)}`),
    notify: async (notice) => {
      if (noticePermission() !== 'granted') return
      const shown = new Notification(notice.title, { body: notice.body, tag: notice.target })
      shown.addEventListener('click', () => {
        window.focus()
        tell({ kind: 'openTarget', target: notice.target })
        shown.close()
      })
    },
    noticePermission,
    askForNotices: async () => {
      if ('Notification' in window) await Notification.requestPermission()
      return noticePermission()
    },
    setBadge: (unreadCount) => {
      document.title = unreadCount > 0 ? `(${unreadCount}) Ampoule` : 'Ampoule'
    },
    openExternal: async (link) => {
      window.open(link, '_blank', 'noopener,noreferrer')
    },
    onCommand: (listener) => {
      listeners.add(listener)
      const link = takeLinkFromAddress()
      if (link !== undefined) queueMicrotask(() => listener({ kind: 'openLink', link }))
      return () => listeners.delete(listener)
    },
  }
}

async function upload(file: File): Promise<string> {
  return pathFrom(await post(`exchange/upload?name=${encodeURIComponent(file.name)}`, file))
}

async function post(path: string, body: string | File): Promise<Response> {
  const headers = { 'Content-Type': typeof body === 'string' ? 'application/json' : 'application/octet-stream' }
  const response = await fetch(path, { method: 'POST', body, headers }).catch(() => undefined)
  if (!response) throw new ApiError(ApiErrorCode.Busy, 'the connection to Ampoule was lost')
  if (!response.ok) throw new ApiError(ApiErrorCode.Impossible, await reasonOf(response))
  return response
}

async function pathFrom(response: Response): Promise<string> {
  const body: unknown = await response.json()
  if (typeof body === 'object' && body !== null && 'path' in body && typeof body.path === 'string') return body.path
  throw new ApiError(ApiErrorCode.Internal, 'the web shell gave no path')
}

async function reasonOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined)
  const hasMessage = typeof body === 'object' && body !== null && 'message' in body
  return hasMessage && typeof body.message === 'string' ? body.message : `status ${response.status}`
}

function startDownload(address: string): void {
  const anchor = document.createElement('a')
  anchor.href = address
  anchor.download = ''
  anchor.click()
}

const PERMISSIONS = { granted: 'granted', denied: 'refused', default: 'unasked' } as const

/** A browser that has no notifications shows none, as one that refuses them. */
function noticePermission(): NoticePermission {
  return 'Notification' in window ? PERMISSIONS[Notification.permission] : 'refused'
}

/** A `tox:` link that the page was opened with, once: a reload must not ask again. */
function takeLinkFromAddress(): string | undefined {
  const address = new URL(location.href)
  const link = address.searchParams.get('link')
  if (link === null) return undefined
  address.searchParams.delete('link')
  history.replaceState(null, '', address)
  return link
}
