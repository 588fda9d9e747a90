import { expect } from '@playwright/test'
import type { Friends } from './fixtures.ts'
import type { Person } from './person.ts'

/** A place in the app, and how one gets there. */
export interface Screen {
  readonly name: string
  readonly show: (alice: Person) => Promise<void>
  readonly isMenu?: boolean
}

const SETTINGS = [
  'Profile',
  'Storage',
  'Proof-of-Work',
  'Network',
  'Privacy',
  'Notifications',
  'Appearance',
  'Backup',
  'About',
]

/** What one sees before there is a profile. */
export const FIRST_SCREENS: readonly Screen[] = [
  { name: 'welcome', show: async ({ page }) => await expect(page.getByLabel('Your name')).toBeVisible() },
  {
    name: 'import',
    show: async ({ page }) => await page.getByRole('button', { name: 'Import a Tox profile' }).click(),
  },
  {
    name: 'restore',
    show: async ({ page }) => {
      await page.getByRole('button', { name: 'Back', exact: true }).click()
      await page.getByRole('button', { name: 'Restore a backup' }).click()
    },
  },
  {
    name: 'first-steps',
    show: async (alice) => {
      await alice.page.getByRole('button', { name: 'Back', exact: true }).click()
      await alice.createProfile()
    },
  },
]

/** Every screen of somebody who has a friend and something to say; each may follow any other. */
export const SCREENS: readonly Screen[] = [
  { name: 'conversation', show: showConversation },
  {
    name: 'delivery',
    show: async (alice) => {
      await showConversation(alice)
      await alice.mark('I found the map.').click()
      await expect(alice.page.getByText(/of 6 copies are held/)).toBeVisible()
    },
  },
  {
    name: 'add-friend',
    show: async (alice) => {
      await showConversation(alice)
      await alice.page.getByRole('button', { name: 'Add a friend' }).first().click()
      await expect(alice.page.getByRole('dialog', { name: 'Add a friend' })).toBeVisible()
    },
  },
  {
    name: 'switcher',
    show: async (alice) => {
      await showConversation(alice)
      await alice.page.keyboard.press('ControlOrMeta+k')
      await expect(alice.page.getByRole('dialog')).toBeVisible()
    },
  },
  {
    name: 'search',
    show: async (alice) => {
      // From the settings one comes back to the list, which is what a narrow window then shows.
      await goHome(alice)
      await alice.openSettings('Profile')
      await goHome(alice)
      await alice.page.getByRole('searchbox', { name: 'Search friends, messages and files' }).fill('map')
      await expect(alice.page.getByText('I found the map.').first()).toBeVisible()
    },
  },
  ...SETTINGS.map((page) => ({
    name: `settings-${page.toLowerCase()}`,
    show: async (alice: Person) => {
      await goHome(alice)
      await alice.openSettings(page)
      if (page !== 'Storage') return
      const day = alice.page.getByRole('img', { name: /^Space used/ })
      await expect(day.or(alice.page.getByText(/^The first point comes/))).toBeVisible()
    },
  })),
]

/** What opens above a screen, and what a screen shows only once something is switched on or asked for. */
export const OPENED: readonly Screen[] = [
  {
    name: 'own menu',
    isMenu: true,
    show: async (alice) => {
      await showConversation(alice)
      await alice.page.getByRole('button', { name: /\(your profile and status\)$/ }).click()
      await expect(alice.page.getByRole('menuitem', { name: 'Your Tox ID' })).toBeVisible()
    },
  },
  {
    name: 'own Tox ID',
    show: async (alice) => {
      await showConversation(alice)
      await alice.page.getByRole('button', { name: /\(your profile and status\)$/ }).click()
      await alice.page.getByRole('menuitem', { name: 'Your Tox ID' }).click()
      await expect(alice.page.getByRole('dialog', { name: 'Your Tox ID' })).toBeVisible()
    },
  },
  {
    name: 'menu of a conversation',
    isMenu: true,
    show: async (alice) => {
      await showConversation(alice)
      await alice.page.getByRole('button', { name: 'About this conversation' }).click()
      await expect(alice.page.getByRole('menuitem', { name: 'Remove friend…' })).toBeVisible()
    },
  },
  {
    name: 'question before a friend is removed',
    show: async (alice) => {
      await showConversation(alice)
      await alice.page.getByRole('button', { name: 'About this conversation' }).click()
      await alice.page.getByRole('menuitem', { name: 'Remove friend…' }).click()
      await expect(alice.page.getByRole('alertdialog')).toBeVisible()
    },
  },
  {
    name: 'menu of a message',
    isMenu: true,
    show: async (alice) => {
      await showConversation(alice)
      await alice.message('I found the map.').hover()
      await alice
        .message('I found the map.')
        .getByRole('button', { name: /Message actions$/ })
        .click()
      await expect(alice.page.getByRole('menuitem', { name: 'Copy text' })).toBeVisible()
    },
  },
  {
    name: 'emoji',
    isMenu: true,
    show: async (alice) => {
      await showConversation(alice)
      await alice.page.getByRole('button', { name: 'Choose an emoji' }).click()
      await expect(alice.page.getByRole('gridcell').first()).toBeVisible()
    },
  },
  {
    name: 'nothing found',
    show: async (alice) => {
      await showConversation(alice)
      await alice.page.getByRole('searchbox', { name: 'Search friends, messages and files' }).fill('zeppelin')
      await expect(alice.page.getByText('Nothing found')).toBeVisible()
    },
  },
  {
    name: 'storage that is switched on',
    show: async (alice) => {
      await goHome(alice)
      await alice.openSettings('Storage')
      const isOn = alice.page.getByRole('switch', { name: 'Keep messages for others' })
      if (!(await isOn.isChecked())) await isOn.click()
      await expect(alice.page.getByText('This computer keeps messages for others.')).toBeVisible()
    },
  },
  {
    name: 'question before the store is cleared',
    show: async (alice) => {
      await goHome(alice)
      await alice.openSettings('Storage')
      await alice.page.getByRole('button', { name: 'Clear now' }).click()
      await expect(alice.page.getByRole('alertdialog')).toBeVisible()
    },
  },
  {
    name: 'rings and their contacts',
    show: async (alice) => {
      await goHome(alice)
      await alice.openSettings('Network')
      const successor = alice.page.getByRole('row').filter({ hasText: 'Successor' }).first()
      await alice.page.getByText('Contacts of this ring').click()
      await expect(successor).toBeVisible()
    },
  },
  {
    name: 'question before one goes off the network',
    show: async (alice) => {
      await goHome(alice)
      await alice.openSettings('Network')
      await alice.network.click()
      await expect(alice.page.getByRole('alertdialog')).toBeVisible()
    },
  },
  {
    name: 'speed of the proof-of-work',
    show: async (alice) => {
      await goHome(alice)
      await alice.openSettings('Proof-of-Work')
      const measured = alice.page.getByRole('row', { name: /^Argon2id.* trials a second/ })
      if (!(await measured.isVisible())) await alice.page.getByRole('button', { name: 'Measure now' }).click()
      await expect(measured).toBeVisible()
    },
  },
  {
    name: 'quiet hours',
    show: async (alice) => {
      await goHome(alice)
      await alice.openSettings('Notifications')
      const quiet = alice.page.getByRole('switch', { name: 'Quiet hours' })
      if (!(await quiet.isChecked())) await quiet.click()
      await expect(quiet).toBeChecked()
    },
  },
  {
    name: 'log',
    show: async (alice) => {
      await goHome(alice)
      await alice.openSettings('About')
      await alice.page.getByRole('button', { name: 'Show the log' }).click()
      await expect(alice.page.getByRole('textbox', { name: 'Log' })).toBeVisible()
    },
  },
]

/** Fills a conversation with what screens are about: both online once, then a message that waits. */
export async function fillConversation({ alice, bob }: Friends): Promise<void> {
  await Promise.all([alice.open(), bob.open()])
  await alice.openConversation('Bob')
  await bob.openConversation('Alice')
  await alice.write('Bob', 'Are you coming on Saturday?')
  await bob.write('Alice', 'Yes! I bring the lamp. 🙂 Have you seen https://tox.chat/ lately?')
  await expect(alice.message('I bring the lamp.')).toBeVisible()
  await expect(alice.mark('Are you coming on Saturday?')).toHaveAccessibleName(/^Read by Bob/)
  await bob.leave()
  await expect(alice.page.getByText(/^Bob is offline/)).toBeVisible()
  await alice.write('Bob', 'I found the map. It was under the stairs all the time.')
  await expect(alice.mark('I found the map.')).toHaveAccessibleName(/^Stored on the network/)
}

/** Lets her computer hold what others write, as most do. */
export async function keepForOthers(alice: Person): Promise<void> {
  await alice.openSettings('Storage')
  await alice.page.getByRole('switch', { name: 'Keep messages for others' }).click()
  await expect(alice.page.getByText('This computer keeps messages for others.')).toBeVisible()
}

/** Closes whatever is open above or beside the main window, and leaves the settings. */
async function goHome(alice: Person): Promise<void> {
  const { page } = alice
  await page.keyboard.press('Escape')
  const way = page
    .getByRole('navigation', { name: 'Settings' })
    .or(page.getByRole('heading', { level: 1, name: 'Settings' }))
  if (await way.first().isVisible()) {
    const back = page.getByRole('button', { name: 'Back', exact: true })
    if (!(await back.isVisible())) await page.getByRole('button', { name: 'Back to settings' }).click()
    await back.click()
  }
  const clear = page.getByRole('button', { name: 'Clear the search' })
  if (await clear.isVisible()) await clear.click()
}

async function showConversation(alice: Person): Promise<void> {
  await goHome(alice)
  const panel = alice.page.getByRole('button', { name: 'Close the delivery panel' })
  if (await panel.isVisible()) await panel.click()
  if (!(await alice.composer('Bob').isVisible())) await alice.openConversation('Bob')
}
