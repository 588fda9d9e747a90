import { expect, test } from 'vitest'
import { ApiErrorCode } from '../../shared/api/errors.ts'
import { createMemoryPipes } from '../../shared/api/memory-pipe.ts'
import { ChosenPaths, guardPaths } from './chosen-paths.ts'

function guarded() {
  const paths = new ChosenPaths()
  const [page, main] = createMemoryPipes()
  const answered: unknown[] = []
  const heard: string[] = []
  page.onFrame((frame) => answered.push(JSON.parse(frame)))
  const pipe = guardPaths(main, paths)
  pipe.onFrame((frame) => heard.push(frame))
  const ask = (method: string, path: string, id?: number) =>
    page.send(JSON.stringify({ jsonrpc: '2.0', ...(id === undefined ? {} : { id }), method, params: { path } }))
  return { paths, page, pipe, ask, answered, heard }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a page that somebody took over reads and writes no file that the person did not choose', async () => {
  const { ask, heard, answered } = guarded()
  ask('files.send', '/people/alice/.ssh/id_ed25519', 1)
  ask('profile.export', '/people/alice/.bashrc', 2)
  ask('files.send', '/people/alice/.ssh/id_ed25519')
  await settled()
  expect(heard).toEqual([])
  const error = { code: ApiErrorCode.InvalidArguments, message: expect.stringContaining('path: ') as string }
  expect(answered).toEqual([1, 2].map((id) => ({ jsonrpc: '2.0', id, error })))
})

test('what the person chose passes, for what it was chosen for, and so does all else', async () => {
  const { paths, page, pipe, ask, heard, answered } = guarded()
  paths.noteRead('/pictures/photo.png')
  paths.noteWrite('/pictures/copy.png')
  ask('files.send', '/pictures/photo.png', 1)
  ask('files.accept', '/pictures/copy.png', 2)
  page.send('{"jsonrpc":"2.0","id":3,"method":"friends.list","params":{}}')
  page.send('no JSON')
  await settled()
  expect(heard).toHaveLength(4)
  expect(answered).toEqual([])
  ask('files.accept', '/pictures/photo.png', 4)
  await settled()
  expect(heard).toHaveLength(4)
  pipe.send('{"answer":true}')
  await settled()
  expect(answered).toHaveLength(2)
})

test('only so many choices are remembered, the latest', () => {
  const paths = new ChosenPaths()
  for (let count = 0; count <= 1_000; count += 1) paths.noteRead(`/${count}`)
  expect([paths.mayRead('/0'), paths.mayRead('/1'), paths.mayRead('/1000')]).toEqual([false, true, true])
  paths.noteRead('/1')
  paths.noteRead('/new')
  expect([paths.mayRead('/1'), paths.mayRead('/2')]).toEqual([true, false])
})
