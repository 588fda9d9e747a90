import { describe } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { propertySeed } from '../base/test-seed.ts'
import type { LossySocket } from '../driver/lossy-socket.ts'
import { interopTest } from './interop-test.ts'
import { PAIRS } from './loopback-network.ts'
import { OurPerson } from './our-person.ts'
import { befriend, type Person } from './person.ts'
import { printTimes } from './print-times.ts'
import { expectFileArrives, expectFilesCancelled, expectToBeHeard } from './test-conversation.ts'

const DROP_SHARE = 0.05
const FILE_BYTES = 2 * 1_024 * 1_024

describe.concurrent('line 3: the same while 5 % of all datagrams are lost both ways', () => {
  for (const [at, kinds] of PAIRS.entries()) {
    const [asker, asked] = kinds
    interopTest(`${asker} asks ${asked}; texts and files pass whole both ways`, async ({ network, expect }) => {
      let seed = propertySeed() + 10 * at
      const ourOptions = () => {
        seed += 1
        return { loss: { random: new SeededRandom(seed), dropShare: DROP_SHARE } }
      }
      const [alice, bob] = await network.startPair(kinds, { ourOptions })
      const folder = await network.folder()
      const startedAt = performance.now()
      await befriend(alice, bob)
      const onlineAt = performance.now()
      await Promise.all([expectToBeHeard(alice, bob, expect), expectToBeHeard(bob, alice, expect)])
      const saidAt = performance.now()

      const there = { sender: alice, receiver: bob, folder, expect }
      const back = { sender: bob, receiver: alice, folder, expect }
      const fileTimes = await Promise.all([expectFileArrives(there, FILE_BYTES), expectFileArrives(back, FILE_BYTES)])
      await Promise.all([expectFilesCancelled(there, FILE_BYTES), expectFilesCancelled(back, FILE_BYTES)])
      printTimes(`${asker} with ${asked}, ${DROP_SHARE} lost`, {
        online: onlineAt - startedAt,
        said: saidAt - onlineAt,
        there: fileTimes[0],
        back: fileTimes[1],
        all: performance.now() - startedAt,
      })
      for (const { sent, received } of linesOf(alice, bob)) {
        for (const { dropped, total } of [sent, received]) expect(dropped / total).toBeGreaterThan(DROP_SHARE / 2)
      }
    })
  }
})

/** The bad lines of those who have one: our people. */
function linesOf(...people: Person[]): LossySocket[] {
  return people.flatMap((person) => (person instanceof OurPerson && person.peer.lossy ? [person.peer.lossy] : []))
}
