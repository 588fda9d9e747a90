import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { contract } from '../../shared/api/contract.ts'
import type { Contracts } from '../../shared/api/rpc.ts'
import { Exchange } from './exchange.ts'
import { PATH_USES, pathRefusal } from './path-guard.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-guard-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('every argument of the contract that names a file is guarded', () => {
  const groups: Contracts = contract
  const methods = Object.entries(groups).flatMap(([group, entries]) =>
    Object.entries(entries).flatMap(([name, entry]) =>
      entry.type === 'method' ? [{ name: `${group}.${name}`, fields: fieldsOf(entry.args) }] : [],
    ),
  )
  const naming = methods.filter(({ fields }) => fields.some((field) => /path|folder|file(?!Ttl)/i.test(field)))
  expect(naming.map(({ name }) => name).toSorted()).toEqual(Object.keys(PATH_USES).toSorted())
})

test('a tab reads what it uploaded and writes where it was told, and reaches nothing else', async () => {
  const exchange = await Exchange.open({ folder })
  const upload = await exchange.receive('a.tox', Readable.from(['x']), 1)
  const save = await exchange.reserve('b.tox')
  for (const [method, use] of Object.entries(PATH_USES)) {
    const refusal = (path: unknown) => pathRefusal({ id: 1, method, params: { path } }, exchange)
    expect(refusal(upload) === undefined, method).toBe(use === 'read')
    expect(refusal(save) === undefined, method).toBe(use === 'write')
    for (const path of [
      '/etc/passwd',
      join(folder, 'profile.tox'),
      `${upload}/../a.tox`,
      upload.slice(1),
      '',
      7,
      null,
      [upload],
    ]) {
      expect(refusal(path), `${method} ${String(path)}`).toContain('a browser may name only')
    }
  }
})

test('a path where none belongs is refused, and its absence is left to the contract', async () => {
  const exchange = await Exchange.open({ folder })
  const upload = await exchange.receive('a', Readable.from(['x']), 1)
  expect(pathRefusal({ id: 1, method: 'friends.list', params: { path: upload } }, exchange)).toBeDefined()
  expect(pathRefusal({ id: 1, method: 'toString', params: { path: upload } }, exchange)).toBeDefined()
  for (const params of [undefined, null, {}, 'x', [], { friend: 'x' }]) {
    expect(pathRefusal({ id: 1, method: 'files.send', params }, exchange)).toBeUndefined()
  }
})

/** Names of the fields of an object and of the objects in it. */
function fieldsOf(schema: unknown): string[] {
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(schema.shape).flatMap(([name, field]) => [name, ...fieldsOf(field)])
}
