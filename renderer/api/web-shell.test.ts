import { afterEach, expect, test, vi } from 'vitest'
import { createWebShell } from './web-shell.ts'

const NOTICE = { title: 'Lena', body: 'Hello', target: 'friend:AA' }

/** A browser that answers so when it asks the person; what was asked and shown is noted. */
function browser(permission: string, answer: string) {
  const noted: string[] = []
  class Played {
    static permission = permission
    static requestPermission(): Promise<string> {
      noted.push('asked')
      Played.permission = answer
      return Promise.resolve(answer)
    }

    constructor(title: string) {
      noted.push(`shown ${title}`)
    }

    addEventListener(): void {}
  }
  vi.stubGlobal('window', { Notification: Played, addEventListener: () => noted.push('listens') })
  vi.stubGlobal('Notification', Played)
  return { noted, shell: createWebShell() }
}

afterEach(() => vi.unstubAllGlobals())

test('news asks for nothing: the person does, in the settings', async () => {
  const { noted, shell } = browser('default', 'granted')
  await shell.notify(NOTICE)
  expect([noted, shell.noticePermission()]).toEqual([[], 'unasked'])
  expect(await shell.askForNotices()).toBe('granted')
  await shell.notify(NOTICE)
  expect(noted).toEqual(['asked', 'shown Lena'])
})

test('a browser that refused, or has no notifications, is known to show none', async () => {
  const { noted, shell } = browser('default', 'denied')
  expect(await shell.askForNotices()).toBe('refused')
  await shell.notify(NOTICE)
  expect(noted).toEqual(['asked'])
  vi.stubGlobal('window', {})
  expect(await shell.askForNotices()).toBe('refused')
})
