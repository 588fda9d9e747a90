import { makeBigProfile } from '../support/big-profile.ts'
import { gzipBytes } from '../support/bundle.ts'
import { expect, test } from '../support/fixtures.ts'
import { MessageList, type Sight } from '../support/message-list.ts'

const NEWEST = 99_999
/** Farther than the window of messages that the page keeps. */
const FAR = 97_000
/** So near to the first message that is loaded, older ones are asked for. */
const ASKS_PX = 1_000
const STEP_PX = 60
const BUNDLE_BYTES_MAX = 350_000

function first({ numbers }: Sight): number {
  return numbers.at(0) ?? Number.NaN
}

function last({ numbers }: Sight): number {
  return numbers.at(-1) ?? Number.NaN
}

test('a conversation of 100,000 messages is scrolled far up and back, by wheel and by keyboard', async ({
  newcomer,
}) => {
  const lena = newcomer('Lena')
  await makeBigProfile(lena.folder)
  await lena.open()
  await expect(lena.friend('Friend 1')).toBeVisible()
  const addresses = await lena.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
  expect(gzipBytes([lena.page.url(), ...addresses]), 'what the first screen is made of').toBeLessThan(BUNDLE_BYTES_MAX)
  await lena.openConversation('Friend 1')
  const list = new MessageList(lena.page)
  let sight = await list.settle('it begins at the end', (seen) => last(seen) === NEWEST)

  await test.step('by wheel: what one reads stays where it is while older messages come before it', async () => {
    for (let pages = 0; pages < 3; ) {
      const before = sight
      const turn = before.abovePx > ASKS_PX + 100 ? ASKS_PX + 50 - before.abovePx : -STEP_PX
      await list.wheel(turn)
      if (turn === -STEP_PX) {
        const [number, top] = [before.numbers.at(1) ?? 0, before.tops.at(1) ?? 0]
        const topOf = (seen: Sight) => seen.tops.at(seen.numbers.indexOf(number)) ?? Infinity
        const isKept = (seen: Sight) => seen.abovePx > 2 * ASKS_PX && Math.abs(topOf(seen) - top - STEP_PX) < 3
        sight = await list.settle(`older messages came, and ${number} moved with the wheel and no farther`, isKept)
        pages += 1
      } else sight = await list.settle('nearer to the first', (seen) => first(seen) < first(before))
    }
  })

  await test.step('by wheel: far up and back to the end', async () => {
    while (first(sight) > FAR) {
      const before = first(sight)
      await list.wheel(-6_000)
      sight = await list.settle('older messages', (seen) => first(seen) < before)
    }
    while (last(sight) < NEWEST) {
      const before = last(sight)
      await list.wheel(6_000)
      sight = await list.settle('newer messages', (seen) => last(seen) > before)
    }
  })

  await test.step('the days are told apart', async () => {
    // Messages are a minute apart, and the newest was written before noon of 2 January, universal time.
    const end = Date.UTC(2026, 0, 2, 12)
    const midnight = new Date(end).setHours(0, 0, 0, 0)
    const firstOfDay = NEWEST + 1 - (end - midnight) / 60_000
    sight = await list.wheelTo(firstOfDay)
    const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' }).format(midnight)
    expect(await list.dayAbove(firstOfDay)).toContain(day)
    expect(await list.dayAbove(firstOfDay + 1)).toBe('')
  })

  await test.step('by keyboard: far up, and back by the button', async () => {
    const { page } = lena
    const focused = page.locator('article :focus')
    await lena.composer('Friend 1').focus()
    for (let tabs = 0; tabs < 10 && (await focused.count()) === 0; tabs += 1) await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('ArrowUp')
    await expect(focused).toHaveAccessibleName(/ \d+: /)
    while (first(sight) > FAR) {
      const before = first(sight)
      await page.keyboard.press('Home')
      sight = await list.settle('older messages', (seen) => first(seen) < before)
      await expect(focused).toBeInViewport()
    }
    await page.getByRole('button', { name: 'Go to the newest message' }).click()
    sight = await list.settle('the newest messages', (seen) => last(seen) === NEWEST)
  })
})
