import { expect, test } from 'vitest'
import { z } from 'zod'
import { contract } from '../../shared/api/contract.ts'
import type { Contracts } from '../../shared/api/rpc.ts'
import { type KnownPaths, PATH_USES, pathRefusal } from './path-guard.ts'

const CHOSEN = '/exchange/uploads/1/a.tox'
const GIVEN = '/exchange/saves/2/b.tox'
const KNOWN: KnownPaths = { mayRead: (path) => path === CHOSEN, mayWrite: (path) => path === GIVEN }

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

test('a page reads what was chosen and writes where it was told, and reaches nothing else', () => {
  for (const [method, use] of Object.entries(PATH_USES)) {
    const refusal = (path: unknown) => pathRefusal({ id: 1, method, params: { path } }, KNOWN)
    expect(refusal(CHOSEN) === undefined, method).toBe(use === 'read')
    expect(refusal(GIVEN) === undefined, method).toBe(use === 'write')
    for (const path of [
      '/etc/passwd',
      '/exchange/profile.tox',
      `${CHOSEN}/../a.tox`,
      CHOSEN.slice(1),
      '',
      7,
      null,
      [CHOSEN],
    ]) {
      expect(refusal(path), `${method} ${String(path)}`).toContain('a page may name only')
    }
  }
})

test('a path where none belongs is refused, and its absence is left to the contract', () => {
  for (const method of ['friends.list', 'toString']) {
    expect(pathRefusal({ id: 1, method, params: { path: CHOSEN } }, KNOWN)).toBeDefined()
  }
  for (const params of [undefined, null, {}, 'x', [], { friend: 'x' }]) {
    expect(pathRefusal({ id: 1, method: 'files.send', params }, KNOWN)).toBeUndefined()
  }
})

/** Names of the fields of an object and of the objects in it. */
function fieldsOf(schema: unknown): string[] {
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(schema.shape).flatMap(([name, field]) => [name, ...fieldsOf(field)])
}
