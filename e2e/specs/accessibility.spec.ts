import { test } from '../support/fixtures.ts'
import { expectAccessible, expectNothingCut } from '../support/page-checks.ts'
import { fillConversation, FIRST_SCREENS, SCREENS } from '../support/screens.ts'

const NARROW = { width: 360, height: 740 }
const WIDE = { width: 2_560, height: 1_300 }
const THEMES = ['light', 'dark'] as const

for (const colorScheme of THEMES) {
  test(`axe finds nothing on the first screens, ${colorScheme}`, async ({ newcomer }) => {
    const alice = newcomer('Alice')
    await alice.open({ colorScheme })
    for (const { name, show } of FIRST_SCREENS) {
      await show(alice)
      await expectAccessible(alice.page, `${name}, ${colorScheme}`)
    }
  })
}

test('axe finds nothing on any screen in either theme, and nothing is cut off in the narrowest and a very wide window', async ({
  friends,
}) => {
  const { alice } = friends
  await fillConversation(friends)
  for (const colorScheme of THEMES) {
    await alice.page.emulateMedia({ colorScheme })
    for (const { name, show } of SCREENS) {
      await show(alice)
      await expectAccessible(alice.page, `${name}, ${colorScheme}`)
    }
  }
  for (const size of [WIDE, NARROW]) {
    for (const { name, show } of SCREENS) {
      await alice.page.setViewportSize({ width: 1_200, height: 800 })
      await show(alice)
      await alice.page.setViewportSize(size)
      await expectNothingCut(alice.page, `${name} at ${size.width} px`)
    }
  }
})
