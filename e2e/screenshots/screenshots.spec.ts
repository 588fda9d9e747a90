import { resolve } from 'node:path'
import type { Person } from '../support/person.ts'
import { test } from '../support/fixtures.ts'
import { fillConversation, FIRST_SCREENS, SCREENS } from '../support/screens.ts'

const FOLDER = resolve(import.meta.dirname, '../../docs/screenshots')
const SIZE = { width: 1_100, height: 720 }
const NARROW = { width: 360, height: 740 }
const THEMES = ['light', 'dark'] as const

async function take({ page }: Person, name: string): Promise<void> {
  // Where it points at nothing.
  await page.mouse.move(0, 0)
  await page.screenshot({ path: resolve(FOLDER, `${name}.png`), animations: 'disabled' })
}

for (const colorScheme of THEMES) {
  test(`the first screens, ${colorScheme}`, async ({ newcomer }) => {
    const alice = newcomer('Alice')
    await alice.open({ colorScheme, viewport: SIZE, reducedMotion: 'reduce' })
    for (const { name, show } of FIRST_SCREENS) {
      await show(alice)
      await take(alice, `${name}-${colorScheme}`)
    }
  })
}

test('every other screen', async ({ friends }) => {
  const { alice } = friends
  await fillConversation(friends)
  for (const colorScheme of THEMES) {
    await alice.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const { name, show } of SCREENS) {
      await alice.page.setViewportSize(SIZE)
      await show(alice)
      await take(alice, `${name}-${colorScheme}`)
      if (colorScheme === 'dark') continue
      await alice.page.setViewportSize(NARROW)
      await take(alice, `${name}-narrow`)
    }
  }
})
