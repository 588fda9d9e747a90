import type { Locator } from '@playwright/test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.ts'
import type { Person } from '../support/person.ts'
import { restOn } from '../support/quick-hand.ts'

/** So large that it is on its way for longer than its progress takes to be shown. */
const FILM_BYTES = 48 * 1_024 * 1_024
/** Percent that have come before it breaks off. */
const FIRST_SHARE = 5

function film(): Buffer {
  const words = Uint32Array.from({ length: FILM_BYTES / 4 }, (_, at) => Math.imul(at + 1, 0x9e3779b1))
  return Buffer.from(words.buffer)
}

function card(person: Person): Locator {
  return person.page.getByRole('group', { name: 'film.bin', exact: true })
}

/** Some of a film has come from Alice, and Bob has paused it. */
async function sendSome(alice: Person, bob: Person, path: string): Promise<void> {
  writeFileSync(path, film())
  await Promise.all([alice.open(), bob.open()])
  await expect(alice.friend('Bob')).toHaveAccessibleName(/online/)
  await alice.openConversation('Bob')
  await bob.openConversation('Alice')
  const chosen = alice.page.waitForEvent('filechooser')
  await alice.page.getByRole('button', { name: 'Attach a file' }).click()
  await (await chosen).setFiles(path)
  await alice.page.getByRole('button', { name: 'Send', exact: true }).click()
  const paused = await restOn(card(bob), 'Pause', FIRST_SHARE)
  await card(bob).getByRole('button', { name: 'Accept…' }).click()
  await paused()
  await expect(card(bob).getByText('Paused by you')).toBeVisible()
  await expect(card(alice).getByText('Paused by Bob')).toBeVisible()
}

/** It came as it was sent, on the one card that it had from the start. */
async function expectWhole(alice: Person, bob: Person, target: string): Promise<void> {
  await expect(card(bob).getByText('Received')).toBeVisible()
  await expect(card(alice).getByText('Sent')).toBeVisible()
  const handed = bob.page.waitForEvent('download')
  await card(bob).getByRole('button', { name: 'Save', exact: true }).click()
  await (await handed).saveAs(target)
  expect(readFileSync(target).equals(film())).toBe(true)
}

async function shareOf(person: Person): Promise<number> {
  const progress = card(person).getByRole('progressbar', { name: 'Progress of film.bin' })
  return Number(await progress.getAttribute('aria-valuenow'))
}

test('a file whose receiver closes the app in the middle goes on where it was when he opens it again', async ({
  friends: { alice, bob },
  folder,
}) => {
  await sendSome(alice, bob, join(folder, 'film.bin'))
  const share = await shareOf(bob)

  await test.step('Bob closes the app: Alice reads that it goes on when he is back', async () => {
    await bob.leave()
    await expect(card(alice).getByText('Goes on when Bob is back')).toBeVisible()
    await expect(card(alice).getByRole('button', { name: 'Cancel' })).toBeVisible()
  })

  await test.step('he opens it again: what had come is still there, and his pause holds', async () => {
    await bob.open()
    await bob.openConversation('Alice')
    await expect(card(bob).getByText('Paused by you')).toBeVisible()
    expect(await shareOf(bob)).toBeGreaterThanOrEqual(share)
    await expect(card(alice).getByText('Paused by Bob')).toBeVisible()
  })

  await test.step('he resumes, and it arrives whole', async () => {
    await card(bob).getByRole('button', { name: 'Resume' }).click()
    await expectWhole(alice, bob, join(folder, 'received'))
  })
})

test('a file whose sender goes off the network in the middle goes on by itself when she comes back', async ({
  friends: { alice, bob },
  folder,
}) => {
  await sendSome(alice, bob, join(folder, 'film.bin'))

  await test.step('she goes: both read what it waits for', async () => {
    await alice.goOffTheNetwork()
    await expect(bob.friend('Alice')).toHaveAccessibleName(/last seen/)
    await expect(card(bob).getByText('Paused by you')).toBeVisible()
    await card(bob).getByRole('button', { name: 'Resume' }).click()
    await expect(card(bob).getByText('Goes on when Alice’s app offers it again')).toBeVisible()
  })

  await test.step('she comes back, and nobody has to do anything', async () => {
    await alice.comeBackToTheNetwork()
    await alice.page.getByRole('button', { name: 'Back', exact: true }).click()
    await alice.openConversation('Bob')
    await expectWhole(alice, bob, join(folder, 'received'))
  })
})
