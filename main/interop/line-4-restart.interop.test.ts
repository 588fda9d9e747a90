import { describe, type ExpectStatic } from 'vitest'
import { HOUR_MS } from '../base/time.ts'
import { interopTest } from './interop-test.ts'
import { PAIRS } from './loopback-network.ts'
import { OurPerson } from './our-person.ts'
import { Outbox } from './outbox.ts'
import { befriend, type Person } from './person.ts'
import { printTimes } from './print-times.ts'

describe.concurrent('line 4: killed without goodbye and restarted', () => {
  for (const kinds of PAIRS) {
    const [victim, survivor] = kinds
    interopTest(
      `${victim} is killed while ${survivor} goes on: online again, no word lost`,
      async ({ network, expect }) => {
        const [alice, bob, point] = await network.startPair(kinds)
        await befriend(alice, bob)
        const comeBack = await alice.keep()
        const ofAlice = new Outbox(bob.publicKey)
        const ofBob = new Outbox(alice.publicKey)
        await Promise.all([expectReceipt(alice, bob, ofAlice, expect), expectReceipt(bob, alice, ofBob, expect)])

        // She dies the moment that each has the other's last word: whether the receipts got through is open.
        await Promise.all([ofAlice.send(alice, 'last'), ofBob.send(bob, 'last')])
        const heardByBob = [await bob.nextMessage(alice.publicKey)]
        const heardByAlice = [await alice.nextMessage(bob.publicKey)]
        await alice.crash()
        const killedAt = performance.now()
        for (const text of ['into', 'the', 'void']) await ofBob.send(bob, text)
        const [leftOfAlice, leftOfBob] = [ofAlice.settle(alice), ofBob.settle(bob)]

        const again = await comeBack()
        await again.bootstrap(point)
        await Promise.all([again.waitUntilOnline(bob.publicKey), seeComeBack(bob, alice.publicKey)])
        printTimes(`${victim} killed, ${survivor} went on`, { onlineAgain: performance.now() - killedAt })

        await Promise.all([ofAlice.resend(again), ofBob.resend(bob)])
        await Promise.all([ofAlice.send(again, 'after'), ofBob.send(bob, 'after')])
        heardByBob.push(...(await hearUntil(bob, alice.publicKey, 'after')))
        heardByAlice.push(...(await hearUntil(again, bob.publicKey, 'after')))
        // Ours with ours, each message has an id, and none is ever shown twice.
        const isOnce = alice.isOurs && bob.isOurs
        if (isOnce) expect(heardByBob.length + heardByAlice.length).toBe(2 + 5)
        expectNothingLost(heardByBob, ['last', 'after'], leftOfAlice, expect)
        expectNothingLost(heardByAlice, ['last', 'into', 'the', 'void', 'after'], leftOfBob, expect)
      },
    )
  }
})

describe('line 4: slept', () => {
  interopTest(
    'ours woke from a sleep: libtoxcore, which has not noticed it, is met again within seconds, and no word is lost',
    async ({ network, expect }) => {
      const [alice, bob] = await network.startPair(['ours', 'libtoxcore'])
      await befriend(alice, bob)
      const ofAlice = new Outbox(bob.publicKey)
      await expectReceipt(alice, bob, ofAlice, expect)
      const wokenAt = performance.now()
      if (!(alice instanceof OurPerson)) throw new Error('one of ours was asked for')
      alice.wakeAfter(HOUR_MS)
      await Promise.all([seeComeBack(alice, bob.publicKey), seeComeBack(bob, alice.publicKey)])
      printTimes('ours slept, libtoxcore went on', { onlineAgain: performance.now() - wokenAt })
      await ofAlice.send(alice, 'after')
      expect(await bob.nextMessage(alice.publicKey)).toEqual({ kind: 'message', text: 'after' })
    },
  )
})

/** One message the usual way. */
async function expectReceipt(speaker: Person, listener: Person, outbox: Outbox, expect: ExpectStatic): Promise<void> {
  await outbox.send(speaker, 'first')
  expect(await listener.nextMessage(speaker.publicKey)).toEqual({ kind: 'message', text: 'first' })
  await expect.poll(() => outbox.settle(speaker), { interval: 20 }).toEqual([])
}

async function seeComeBack(person: Person, friend: string): Promise<void> {
  await person.waitUntilOffline(friend)
  await person.waitUntilOnline(friend)
}

async function hearUntil(person: Person, friend: string, last: string) {
  const heard = []
  do heard.push(await person.nextMessage(friend))
  while (heard.at(-1)?.text !== last)
  return heard
}

/** All of `sent` in order; one of them may come a second time if its receipt was lost (`left`). */
function expectNothingLost(
  heard: readonly { readonly text: string }[],
  sent: readonly string[],
  left: readonly string[],
  expect: ExpectStatic,
): void {
  const texts = heard.map(({ text }) => text)
  const doubled = texts.filter((text, at) => texts.indexOf(text) < at)
  expect([...new Set(texts)]).toEqual(sent)
  expect(doubled.length).toBeLessThanOrEqual(1)
  for (const text of doubled) expect(left).toContain(text)
}
