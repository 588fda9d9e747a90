import { expect, test } from 'vitest'
import { createMemoryPipes } from '../shared/api/memory-pipe.ts'
import { createPipeEmitters, serve } from '../shared/api/rpc.ts'
import { windowContract } from '../shared/api/window-contract.ts'
import { createElectronShell } from './electron-shell.ts'

function shell(savePath?: string) {
  const told: unknown[] = []
  const [near, far] = createMemoryPipes()
  const note = (what: unknown) => {
    told.push(what)
    return {}
  }
  serve(
    windowContract,
    {
      window: {
        ready: () => note('ready'),
        chooseSavePath: () => (savePath === undefined ? {} : { path: savePath }),
        fileChosen: note,
        notify: note,
        setBadge: note,
        openExternal: note,
      },
    },
    far,
    note,
  )
  const paths: Record<string, string> = { dropped: '/pictures/photo.png', made: '' }
  const ours = createElectronShell<string>(near, (file) => paths[file] ?? '')
  return { told, ours, emit: createPipeEmitters(windowContract, far) }
}

test('asks main for what only main can do', async () => {
  const { told, ours } = shell('/pictures/out.json')
  await ours.notify({ title: 't', body: 'b', target: 'x' })
  await ours.openExternal('https://example.org')
  ours.setBadge(4)
  expect(await ours.chooseSavePath('out.json')).toBe('/pictures/out.json')
  await ours.deliver('/pictures/out.json')
  expect(told).toEqual([{ title: 't', body: 'b', target: 'x' }, { link: 'https://example.org' }, { unreadCount: 4 }])
  expect(await shell().ours.chooseSavePath('out.json')).toBeUndefined()
})

test('names where a file lies, and says so if it lies nowhere', async () => {
  const { ours, told } = shell()
  expect(await ours.hostPath('dropped')).toBe('/pictures/photo.png')
  await expect(ours.hostPath('made')).rejects.toThrow('Save it first')
  expect(told).toEqual([{ path: '/pictures/photo.png' }])
})

test('tells main once that the page listens, and hands on commands until it stops', async () => {
  const { told, ours, emit } = shell()
  const heard: string[] = []
  const stop = ours.onCommand(({ kind }) => heard.push(`first ${kind}`))
  ours.onCommand(({ kind }) => heard.push(`second ${kind}`))
  emit.window.command({ kind: 'search' })
  stop()
  emit.window.command({ kind: 'addFriend' })
  await ours.openExternal('https://example.org')
  expect(heard).toEqual(['first search', 'second search', 'second addFriend'])
  expect(told.filter((what) => what === 'ready')).toHaveLength(1)
})
