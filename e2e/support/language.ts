import { expect, type Page } from '@playwright/test'
import type { ShellGlobals } from '../../shared/api/shell.ts'
import type { Settings } from '../../shared/model/settings.ts'

/**
 * Changes the language while the page stays where it is, as another window of the same person would: the checks find their
 * way by English words, and one of the languages is for them alone and on no list.
 */
export async function speak(page: Page, language: Settings['language']): Promise<void> {
  await page.evaluate(
    askHost,
    JSON.stringify({ jsonrpc: '2.0', id: 'checks', method: 'settings.set', params: { language } }),
  )
  await expect(page.locator('html')).toHaveAttribute('dir', language === 'pseudo-rtl' ? 'rtl' : 'ltr')
  await expect(page.locator('html')).toHaveAttribute(
    'lang',
    { en: /^en/, de: /^de/, 'pseudo-rtl': /^ar$/, system: /./ }[language],
  )
}

/** Runs in the page. */
function askHost(frame: string): Promise<void> {
  // Put there by Electron's preload.
  const ampoule = Reflect.get(globalThis, 'ampoule') as ShellGlobals | undefined
  if (ampoule) {
    ampoule.pipe.send(frame)
    return Promise.resolve()
  }
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api`)
    socket.addEventListener('open', () => socket.send(frame))
    socket.addEventListener('close', () => reject(new Error('the host closed the line')))
    socket.addEventListener('message', ({ data }) => {
      if (!String(data).includes('"checks"')) return
      resolve()
      socket.close()
    })
  })
}
