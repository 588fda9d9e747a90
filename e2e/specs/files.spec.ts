import type { Locator } from '@playwright/test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.ts'
import type { Person } from '../support/person.ts'

/** Bytes that no encoding would leave as they are. */
function bytes(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, at) => (at * 31 + 7) % 256))
}

async function attach(person: Person, path: string): Promise<void> {
  const chosen = person.page.waitForEvent('filechooser')
  await person.page.getByRole('button', { name: 'Attach a file' }).click()
  await (await chosen).setFiles(path)
  await person.page.getByRole('button', { name: 'Send', exact: true }).click()
}

test('a file goes to a friend who is online, and is saved byte for byte', async ({ friends, folder }) => {
  const { alice, bob } = friends
  const [source, target] = [join(folder, 'plan of the house.bin'), join(folder, 'received')]
  writeFileSync(source, bytes(200_000))
  await Promise.all([alice.open(), bob.open()])
  await expect(alice.friend('Bob')).toHaveAccessibleName(/online/)
  await alice.openConversation('Bob')
  await bob.openConversation('Alice')
  await attach(alice, source)
  const offer = bob.page.getByRole('group', { name: 'plan of the house.bin' })
  await offer.getByRole('button', { name: 'Accept…' }).click()
  await expect(offer.getByText('Received')).toBeVisible()
  await expect(alice.page.getByRole('group', { name: 'plan of the house.bin' }).getByText('Sent')).toBeVisible()
  const handed = bob.page.waitForEvent('download')
  await offer.getByRole('button', { name: 'Save', exact: true }).click()
  const download = await handed
  expect(download.suggestedFilename()).toBe('plan of the house.bin')
  await download.saveAs(target)
  expect(readFileSync(target).equals(bytes(200_000))).toBe(true)
})

test('files stand in the conversation after a restart, each with its end, are found, and go when one wants it', async ({
  friends: { alice, bob },
  folder,
  projectShell,
}) => {
  // What a browser has uploaded is gone with the app; a file of the desktop is offered again.
  const [filmOfAlice, filmOfBob] =
    projectShell === 'web'
      ? ['Broken off: Ampoule was closed', 'Broken off: Alice went offline']
      : ['Waiting for Bob to accept', 'Wants to send you this file']
  const [plan, film] = [join(folder, 'plan of the house.bin'), join(folder, 'film.bin')]
  writeFileSync(plan, bytes(1_000))
  writeFileSync(film, bytes(1_000))
  const card = (person: Person, name: string): Locator => person.page.getByRole('group', { name, exact: true })

  await test.step('one file is received and not fetched by the browser yet, another is still offered', async () => {
    await Promise.all([alice.open(), bob.open()])
    await expect(alice.friend('Bob')).toHaveAccessibleName(/online/)
    await alice.openConversation('Bob')
    await bob.openConversation('Alice')
    await attach(alice, plan)
    await card(bob, 'plan of the house.bin').getByRole('button', { name: 'Accept…' }).click()
    await expect(card(alice, 'plan of the house.bin').getByText('Sent')).toBeVisible()
    await alice.write('Bob', 'And one more.')
    await expect(bob.message('And one more.')).toBeVisible()
    await attach(alice, film)
    await expect(card(bob, 'film.bin').getByText('Wants to send you this file')).toBeVisible()
  })

  await test.step('Alice closes the app: Bob reads at once that the offer is over, she when she opens it again', async () => {
    await alice.leave()
    await expect(card(bob, 'film.bin').getByText('Broken off: Alice went offline')).toBeVisible()
    await alice.open()
    await expect(alice.friend('Bob')).toHaveAccessibleName(/You sent a file: film\.bin/)
    await alice.openConversation('Bob')
    await expect(card(alice, 'film.bin').getByText(filmOfAlice)).toBeVisible()
    const shown = alice.page.getByRole('list', { name: 'Messages' }).getByRole('listitem')
    await expect(shown.filter({ hasText: /plan of the house|And one more|film/ })).toContainText([
      /plan of the house\.bin.*Sent/,
      'And one more.',
      'film.bin',
    ])
  })

  await test.step('Bob opens the app again, and his browser fetches what had come before', async () => {
    await bob.leave()
    await bob.open()
    await expect(bob.friend('Alice')).toHaveAccessibleName(/Sent you a file: film\.bin/)
    await bob.openConversation('Alice')
    await expect(card(bob, 'film.bin').getByText(filmOfBob)).toBeVisible()
    const target = join(folder, 'received')
    const handed = bob.page.waitForEvent('download')
    await card(bob, 'plan of the house.bin').getByRole('button', { name: 'Save', exact: true }).click()
    await (await handed).saveAs(target)
    expect(readFileSync(target).equals(bytes(1_000))).toBe(true)
  })

  await test.step('a file is found by its name, and taken out of the history', async () => {
    const { page } = alice
    await page.getByRole('searchbox', { name: 'Search friends, messages and files' }).fill('house')
    await page.getByRole('button', { name: /plan of the house\.bin/ }).click()
    await card(alice, 'plan of the house.bin').getByRole('button', { name: 'Remove from my history' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(card(alice, 'plan of the house.bin')).toBeHidden()
    await expect(card(alice, 'film.bin')).toBeVisible()
  })
})

test('a file that is dropped on a conversation is taken; beside it nothing happens', async ({
  friends: { alice },
  folder,
}) => {
  const path = join(folder, 'map.bin')
  writeFileSync(path, bytes(1_000))
  await alice.open()
  await alice.openConversation('Bob')
  const { page } = alice
  const browser = await page.context().newCDPSession(page)
  const hint = page.getByText('Drop files to send them to Bob')
  const drag = async (type: 'dragEnter' | 'dragOver' | 'drop', over: Locator): Promise<void> => {
    const { x, y, width, height } = (await over.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    const data = { items: [], files: [path], dragOperationsMask: 1 }
    await browser.send('Input.dispatchDragEvent', { type, x: x + width / 2, y: y + height / 2, data })
  }
  const address = page.url()

  await test.step('over the conversation it is said what would happen, beside it no longer', async () => {
    await drag('dragEnter', alice.composer('Bob'))
    await drag('dragOver', alice.composer('Bob'))
    await expect(hint).toBeVisible()
    await drag('dragOver', alice.friend('Bob'))
    await expect(hint).toBeHidden()
  })

  await test.step('dropped beside it, it leads nowhere', async () => {
    await drag('drop', alice.friend('Bob'))
    await alice.composer('Bob').fill('still here')
    await expect(alice.composer('Bob')).toHaveValue('still here')
    expect(page.url()).toBe(address)
  })

  await test.step('dropped on the conversation, it is taken', async () => {
    await drag('dragEnter', alice.composer('Bob'))
    await drag('dragOver', alice.composer('Bob'))
    await drag('drop', alice.composer('Bob'))
    await expect(hint).toBeHidden()
    await expect(page.getByText('map.bin')).toBeVisible()
    expect(page.context().pages(), 'nothing was opened beside it').toHaveLength(1)
  })
})

test.describe('to a friend who is away', () => {
  test.use({ ttlSeconds: 86_400 })

  test('a small file waits, a large one is refused with a reason', async ({ friends: { alice, bob }, folder }) => {
    const [small, large, target] = [join(folder, 'map.bin'), join(folder, 'film.bin'), join(folder, 'received')]
    writeFileSync(small, bytes(1_000))
    writeFileSync(large, bytes(70_000))
    await alice.open()
    await alice.openConversation('Bob')
    await attach(alice, small)
    await expect(alice.mark('map.bin')).toHaveAccessibleName(/^Stored on the network/)
    const chosen = alice.page.waitForEvent('filechooser')
    await alice.page.getByRole('button', { name: 'Attach a file' }).click()
    await (await chosen).setFiles(large)
    await expect(alice.page.getByText('only files up to 64')).toBeVisible()
    // It stays chosen while one looks elsewhere: he may come online meanwhile.
    await alice.page.getByRole('button', { name: 'Settings', exact: true }).click()
    await alice.page.getByRole('button', { name: 'Back', exact: true }).click()
    await alice.openConversation('Bob')
    await expect(alice.page.getByRole('list', { name: 'Files to send' }).getByText('film.bin')).toBeVisible()
    await alice.leave()

    await bob.open()
    await bob.openConversation('Alice')
    const handed = bob.page.waitForEvent('download')
    await bob.message('map.bin').getByRole('button', { name: 'Save file…', exact: true }).click()
    await (await handed).saveAs(target)
    expect(readFileSync(target).equals(bytes(1_000))).toBe(true)
  })
})

test('what was written and not sent is there again after the app was closed', async ({ friends: { alice } }) => {
  await alice.open()
  await alice.openConversation('Bob')
  await alice.composer('Bob').fill('Not quite finished')
  await alice.page.getByRole('button', { name: 'Settings', exact: true }).click()
  await alice.page.getByRole('button', { name: 'Back', exact: true }).click()
  // The list shows what the host has.
  await expect(alice.friend('Bob')).toHaveAccessibleName(/Draft: Not quite finished/)
  await alice.leave()
  await alice.open()
  await expect(alice.friend('Bob')).toHaveAccessibleName(/Draft: Not quite finished/)
  await alice.openConversation('Bob')
  await expect(alice.composer('Bob')).toHaveValue('Not quite finished')
})
