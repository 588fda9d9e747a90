import { describe } from 'vitest'
import { interopTest } from './interop-test.ts'
import { PAIRS } from './loopback-network.ts'
import { befriend } from './person.ts'
import { printTimes } from './print-times.ts'
import { expectToBeHeard, longText } from './test-conversation.ts'

/** As long as a request in the onion may be. */
const REQUEST_BYTES_MAX = 921

describe.concurrent('line 2: friends by Tox ID, and all they can say', () => {
  for (const kinds of PAIRS) {
    const [asker, asked] = kinds
    interopTest(`${asker} asks ${asked}; then each says everything to the other`, async ({ network, expect }) => {
      const [alice, bob] = await network.startPair(kinds)
      const startedAt = performance.now()
      const text = longText(REQUEST_BYTES_MAX)
      expect((await befriend(alice, bob, text)).requestText).toBe(text)
      const onlineAt = performance.now()
      await Promise.all([expectToBeHeard(alice, bob, expect), expectToBeHeard(bob, alice, expect)])
      printTimes(`${asker} with ${asked}`, { online: onlineAt - startedAt, said: performance.now() - onlineAt })
    })
  }
})
