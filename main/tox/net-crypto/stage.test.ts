import { expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { Attempt } from './attempt.ts'
import { attemptIn, IDLE, metIn, type Stage, wipeStage } from './stage.ts'

await sodiumReady

test('only what is under way has an attempt, and only what was accepted a session', () => {
  const attempt = new Attempt(new SeededRandom(1), new Uint8Array(0), 0)
  const asking: Stage = { kind: 'cookieRequesting', attempt, echo: new Uint8Array(8) }
  expect(attemptIn(IDLE)).toBeUndefined()
  expect(metIn(IDLE)).toBeUndefined()
  expect(attemptIn(asking)).toBe(attempt)
  expect(metIn(asking)).toBeUndefined()
})

test('wiping a stage wipes the session secret of its attempt', () => {
  const attempt = new Attempt(new SeededRandom(1), new Uint8Array(0), 0)
  const peer = createKeyPair(new SeededRandom(2)).publicKey
  const before = attempt.keys.agree(peer)?.bytes.slice()
  wipeStage({ kind: 'handshakeSent', attempt })
  expect(attempt.keys.agree(peer)?.bytes).not.toEqual(before)
})
