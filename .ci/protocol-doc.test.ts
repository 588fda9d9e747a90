import { expect, test } from 'vitest'
import { bodyCodecs, codecs } from '../main/wire/registry.ts'
import derived from '../main/wire/vectors/derived.json' with { type: 'json' }
import { labels, markedRows, refusalCodes, sourceNumber, statedConstants, statedNumber } from './protocol-doc.ts'
import { projectFiles } from './tidy.ts'

const files = new Map(projectFiles().map(({ path, text }) => [path, text]))
const text = files.get('docs/PROTOCOL.md') ?? ''
/** Paragraphs, and tables with their heads. */
const blocks = text.split('\n\n')

/** Labels of MACs that only the node that made them checks: nobody else must know them. */
const OWN_AFFAIRS = ['ampoule challenge', 'ampoule puzzle choice', 'ampoule token', 'ampoule interop']

test('every codec is described, with a link to its vectors', () => {
  const missing = codecs.filter(
    ({ name, family }) => !blocks.some((block) => block.includes(`\`${name}\``) && block.includes(`[${family}]`)),
  )
  expect(missing.map(({ name, family }) => `${name} in [${family}]`)).toEqual([])
})

test('every derived vector is named, with a link to where it is', () => {
  const names = Object.keys(derived).filter((name) => name !== 'source')
  expect(names).not.toHaveLength(0)
  expect(
    names.filter((name) => !blocks.some((block) => block.includes(`\`${name}\``) && block.includes('[derived]'))),
  ).toEqual([])
})

test('every kind of extension packet is in the table of kinds, with the codec of its body', () => {
  const rows = [...text.matchAll(/^\| 0x([0-9a-f]{2}) \| .+? \| (?:`(\w+)`|empty) \| [\d.]+ \|$/gm)]
  const stated = new Map(rows.map(([, kind, name]) => [Number.parseInt(kind ?? '', 16), name]))
  expect(stated).toEqual(new Map(bodyCodecs))
})

test('every constant is what the code has', () => {
  const stated = statedConstants(text)
  expect(stated.length).toBeGreaterThan(50)
  const wrong = stated.filter(({ value, file, name }) => {
    const number = sourceNumber(files.get(`main/${file}`) ?? '', name)
    return number === undefined || number !== statedNumber(value)
  })
  expect(wrong).toEqual([])
})

test('every label is in the text, and the text has no other', () => {
  const sources = [...files].filter(([path]) => /^main\/.*(?<!\.test)\.ts$/.test(path)).map(([, source]) => source)
  const shared = labels(sources).filter((label) => !OWN_AFFAIRS.some((own) => label.startsWith(own)))
  const stated = [...text.matchAll(/"(ampoule [a-z ]+ \d+)"/g)].map(([, label]) => label ?? '')
  expect([...new Set(stated)].sort()).toEqual(shared)
})

test('every refusal has its code', () => {
  const stated = markedRows(text, 'refusals').map(([code, reason]) => `${code} ${reason?.replaceAll('`', '')}`)
  expect(stated).toEqual(refusalCodes(files.get('main/storage/refusal.ts') ?? ''))
})

test('links and sections that the text names exist', () => {
  const links = [...text.matchAll(/^\[[\w-]+\]: \.\.\/(\S+)$/gm)].map(([, path]) => path ?? '')
  expect(links.filter((path) => !files.has(path))).toEqual([])
  const sections = new Set([...text.matchAll(/^#+ (\d+(?:\.\d+)*)/gm)].map(([, number]) => number))
  const named = [...text.matchAll(/\((?:that of [\w ]+, |in )?(\d+\.\d+)\)/g)].map(([, number]) => number)
  expect(named.filter((number) => !sections.has(number))).toEqual([])
})

/** The rules themselves. */

test('reads stated values', () => {
  expect(['30 s', '1,373 bytes', '1/16', '72 KiB', '1.5', '1 hour', '31 days'].map(statedNumber)).toEqual([
    30_000, 1_373, 0.0625, 73_728, 1.5, 3_600_000, 2_678_400_000,
  ])
  expect(statedNumber('a few')).toBeUndefined()
})

test('reads constants of a source, and nothing that is no number', () => {
  const source =
    'const A = 2 * MINUTE_MS\nexport const B: number = (A - 60_000) / 4 + 2 ** 3 ** 1\nexport const C: Formula = { base: 1_0, floor: 3 }\nconst D = f(2)\n'
  expect(['A', 'B', 'C.base', 'C.floor', 'D', 'E', 'C.other'].map((name) => sourceNumber(source, name))).toEqual([
    120_000,
    15_008,
    10,
    3,
    undefined,
    undefined,
    undefined,
  ])
})

test('reads the rows of marked tables only', () => {
  const table = '| a | b |\n|---|---|\n'
  const page = `${table}| no | 1 |\n\n<!-- constants -->\n${table}| x | 5 s | \`f.ts\` \`N\` |\n\ntext | not | a row |\n`
  expect(statedConstants(page)).toEqual([{ what: 'x', value: '5 s', file: 'f.ts', name: 'N' }])
})
