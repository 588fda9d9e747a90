import { resolve } from 'node:path'
import type { Person } from '../support/person.ts'
import { test } from '../support/fixtures.ts'
import { fillConversation, FIRST_SCREENS, keepForOthers, OPENED, SCREENS } from '../support/screens.ts'

const FOLDER = resolve(import.meta.dirname, '../../docs/screenshots')
const SIZE = { width: 1_100, height: 720 }
const NARROW = { width: 360, height: 740 }
/** A list that is longer, as of all emoji, is shown as a person sees it. */
const HIDDEN_MAX = 2_500
const THEMES = ['light', 'dark'] as const

async function take({ page }: Person, name: string, size: typeof SIZE): Promise<void> {
  // Where it points at nothing.
  await page.mouse.move(0, 0)
  await page.setViewportSize(size)
  const hidden = await page.evaluate(hiddenHeight)
  if (hidden <= HIDDEN_MAX) await page.setViewportSize({ ...size, height: size.height + hidden })
  await page.screenshot({ path: resolve(FOLDER, `${name}.png`), animations: 'disabled' })
}

/** How much taller the window would have to be to show what one scrolls to, in CSS pixels. */
function hiddenHeight(): number {
  const scrolled = [...document.querySelectorAll('*')].filter((element) =>
    ['auto', 'scroll'].includes(getComputedStyle(element).overflowY),
  )
  return Math.max(0, ...scrolled.map((element) => element.scrollHeight - element.clientHeight))
}

for (const colorScheme of THEMES) {
  test(`the first screens, ${colorScheme}`, async ({ newcomer }) => {
    const alice = newcomer('Alice')
    await alice.open({ colorScheme, viewport: SIZE, reducedMotion: 'reduce' })
    for (const { name, show } of FIRST_SCREENS) {
      await show(alice)
      await take(alice, `${name}-${colorScheme}`, SIZE)
    }
  })
}

test('every other screen', async ({ friends }) => {
  const { alice } = friends
  await fillConversation(friends)
  await keepForOthers(alice)
  for (const colorScheme of THEMES) {
    await alice.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const { name, show } of SCREENS) {
      await alice.page.setViewportSize(SIZE)
      await show(alice)
      await take(alice, `${name}-${colorScheme}`, SIZE)
      if (colorScheme === 'dark') continue
      await take(alice, `${name}-narrow`, NARROW)
    }
    for (const { name, show } of OPENED) {
      // Hers is on all the time.
      if (name === 'storage that is switched on') continue
      await alice.page.setViewportSize(SIZE)
      await show(alice)
      await take(alice, `${name.toLowerCase().replaceAll(' ', '-')}-${colorScheme}`, SIZE)
    }
  }
})
