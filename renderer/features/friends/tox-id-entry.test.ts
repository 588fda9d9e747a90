import { expect, test } from 'vitest'
import { formatToxId } from '../../../shared/tox-id.ts'
import { en } from '../../text/en.ts'
import { bareToxId, checkEntry } from './tox-id-entry.ts'

const KEY = `${'AB'.repeat(31)}4C`
const ID = formatToxId({ publicKey: KEY, nospam: '01234567' })
const nobody = { ownKey: '', isFriend: () => false }

test.each([
  ['as it is', ID],
  [
    'in lower case with spaces and a line break',
    ` ${ID.toLowerCase()
      .match(/.{1,4}/g)
      ?.join(' ')}\n`,
  ],
  ['as link', `tox:${ID}`],
  ['as link with slashes and a message', `TOX://${ID}?message=hello%20there`],
])('a Tox ID is taken %s', (_form, text) => {
  expect(checkEntry(text, nobody, en)).toEqual({ toxId: ID })
})

test.each([
  ['is too short', ID.slice(0, 70), en.friends.toxIdProblem.wrongLength(70)],
  ['has other letters', `${ID.slice(0, 75)}Z`, en.friends.toxIdProblem.notHex],
  ['has a typing mistake', `0${ID.slice(1)}`, en.friends.toxIdProblem.badChecksum],
])('one that %s is refused with the reason', (_what, text, problem) => {
  expect(checkEntry(text, nobody, en)).toEqual({ problem })
})

test('oneself and friends cannot be added', () => {
  expect(checkEntry(ID, { ...nobody, ownKey: KEY }, en)).toEqual({ problem: en.friends.toxIdProblem.own })
  expect(checkEntry(ID, { ...nobody, isFriend: (key) => key === KEY }, en)).toEqual({
    problem: en.friends.toxIdProblem.known,
  })
})

test('a text that is no link stays as it is', () => {
  expect(bareToxId(' hello ')).toBe('hello')
})
