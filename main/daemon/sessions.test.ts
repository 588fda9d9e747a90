import { expect, test } from 'vitest'
import { sessionCookie, sessionCookieOf, Sessions } from './sessions.ts'

function opened() {
  const tokens: string[] = []
  return { tokens, sessions: new Sessions((token) => tokens.push(token)) }
}

test('a token lets in once, and another takes its place', () => {
  const { sessions, tokens } = opened()
  const [first = ''] = tokens
  const session = sessions.redeem(first)
  expect(session).toMatch(/^[\w-]{43}$/)
  expect(sessions.has(session ?? '')).toBe(true)
  expect(sessions.redeem(first)).toBeUndefined()
  expect(tokens).toHaveLength(2)
  expect(sessions.redeem(tokens[1] ?? '')).toBeDefined()
})

test('nothing else lets in', () => {
  const { sessions, tokens } = opened()
  for (const token of ['', 'x', `${tokens[0]}x`, tokens[0]?.toLowerCase() ?? '']) {
    expect(sessions.redeem(token)).toBeUndefined()
    expect(sessions.has(token)).toBe(false)
  }
  expect(tokens).toHaveLength(1)
})

test('only so many browsers are let in; the first goes first', () => {
  const { sessions, tokens } = opened()
  const made = Array.from({ length: 40 }, () => sessions.redeem(tokens.at(-1) ?? '') ?? '')
  expect(made.map((session) => sessions.has(session))).toEqual([
    ...Array.from({ length: 8 }, () => false),
    ...Array.from({ length: 32 }, () => true),
  ])
})

test('the cookie is for this port, hidden from scripts and from other sites', () => {
  expect(sessionCookie('abc', 7733)).toBe('ampoule-7733=abc; HttpOnly; SameSite=Strict; Path=/')
  expect(sessionCookieOf('other=1; ampoule-7734=x; ampoule-7733=abc', 7733)).toBe('abc')
  expect(sessionCookieOf('ampoule-77=x; xampoule-7733=y', 7733)).toBeUndefined()
  expect(sessionCookieOf(undefined, 7733)).toBeUndefined()
})
