import { expect, test } from 'vitest'
import { ApiErrorCode } from '../../shared/api/errors.ts'
import { createMemoryPipes } from '../../shared/api/memory-pipe.ts'
import { createClient, serve } from '../../shared/api/rpc.ts'
import { windowContract } from '../../shared/api/window-contract.ts'
import { createWindowHandlers } from './window-handlers.ts'

function asked(savePath?: string) {
  const told: unknown[] = []
  const [near, far] = createMemoryPipes()
  const handlers = createWindowHandlers({
    platform: 'linux',
    onReady: () => told.push('ready'),
    askSavePath: (name) => {
      told.push(name)
      return Promise.resolve(savePath)
    },
    onChosen: (path) => told.push(path),
    notify: (notice) => told.push(notice),
    setBadge: (count) => told.push(count),
    openOutside: (link) => {
      told.push(link)
      return Promise.resolve()
    },
  })
  serve(windowContract, handlers, far, (error) => told.push(error))
  return { told, window: createClient(windowContract, near).window }
}

test('carries out what the page asks of its window', async () => {
  const { told, window } = asked('/saved/receipts.json')
  await window.ready({})
  await window.setBadge({ unreadCount: 2 })
  await window.notify({ title: 'a', body: 'b', target: 'c' })
  expect(await window.chooseSavePath({ suggestedName: 'receipts.json' })).toEqual({ path: '/saved/receipts.json' })
  await window.fileChosen({ path: '/pictures/photo.png' })
  expect(told).toEqual(['ready', 2, { title: 'a', body: 'b', target: 'c' }, 'receipts.json', '/pictures/photo.png'])
})

test('a person who thought better of saving names no path', async () => {
  expect(await asked().window.chooseSavePath({ suggestedName: 'x' })).toEqual({})
})

test('suggests a plain file name, whatever a friend called the file', async () => {
  const { told, window } = asked('/saved/x')
  for (const suggestedName of ['../../.profile', '..', '', 'photo\u202egnp.exe', 'a\0b']) {
    await window.chooseSavePath({ suggestedName })
  }
  expect(told).toEqual(['.._.._.profile', 'file', 'file', 'photognp.exe', 'ab'])
})

test('opens web and mail links, and refuses every other', async () => {
  const { told, window } = asked()
  await window.openExternal({ link: 'https://example.org' })
  for (const link of ['file:///etc/passwd', 'javascript:alert(1)', 'tox:00', 'nonsense']) {
    await expect(window.openExternal({ link })).rejects.toMatchObject({ code: ApiErrorCode.Impossible })
  }
  expect(told).toEqual(['https://example.org/'])
})

test('arguments that the contract does not know reach nothing', async () => {
  const { told, window } = asked()
  const refusal = { code: ApiErrorCode.InvalidArguments }
  await expect(window.setBadge({ unreadCount: -1 })).rejects.toMatchObject(refusal)
  await expect(window.chooseSavePath({ suggestedName: 'x'.repeat(256) })).rejects.toMatchObject(refusal)
  await expect(window.notify({ title: 'x'.repeat(1_001), body: '', target: '' })).rejects.toMatchObject(refusal)
  await expect(window.openExternal({ link: `https://example.org/${'x'.repeat(2_048)}` })).rejects.toMatchObject(refusal)
  expect(told).toEqual([])
})
