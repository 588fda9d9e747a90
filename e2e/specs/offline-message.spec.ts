import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, testOnNodes } from '../support/fixtures.ts'
import { expectBriefly } from '../support/texts-to-come.ts'

const STORED = /^Stored on the network/

test('Alice writes to Bob while he is away, closes the app, and sees later that he collected it', async ({
  friends: { alice, bob },
}) => {
  await alice.open()
  await alice.openConversation('Bob')
  await expect(alice.page.getByText('Bob is offline. Messages wait on the network, up to 1 day.')).toBeVisible()
  await alice.write('Bob', 'I found the map.')
  await expect(alice.mark('I found the map.')).toHaveAccessibleName(STORED)
  await alice.leave()

  await bob.open()
  await bob.openConversation('Alice')
  await expect(bob.message('I found the map.')).toHaveCount(1)
  // By the time that his answer is stored, the network has long heard of what he collected.
  await bob.write('Alice', 'Where was it?')
  await expect(bob.mark('Where was it?')).toHaveAccessibleName(STORED)
  await bob.leave()

  await alice.open()
  await alice.openConversation('Bob')
  await expect(alice.message('Where was it?')).toHaveCount(1)
  await expect(alice.mark('I found the map.')).toHaveAccessibleName(/^Bob collected it from the network/)
})

test('the delivery panel tells what happened, shows the copies, gives the receipts away, and lets the message wait longer', async ({
  friends: { alice },
  folder,
}) => {
  await alice.open()
  await alice.openConversation('Bob')
  await alice.page.getByRole('button', { name: 'How long messages wait' }).click()
  await alice.page.getByRole('menuitemradio', { name: '1 day' }).click()
  await expect(alice.page.getByText('up to 1 day.')).toBeVisible()
  await alice.write('Bob', 'It can wait.')
  await expect(alice.mark('It can wait.')).toHaveAccessibleName(STORED)
  await alice.mark('It can wait.').click()
  const panel = alice.page.getByRole('complementary', { name: 'Delivery' })
  const steps = panel.getByRole('region', { name: 'What happened' }).getByRole('listitem')
  await expect(steps.first()).toContainText('Written')
  await expect(steps.last()).toContainText('Stored')
  await expect(panel.getByText(/of 6 copies are held/)).toBeVisible()
  const until = panel.getByRole('region', { name: 'Waits until' }).getByRole('time')
  const before = Date.parse((await until.getAttribute('datetime')) ?? '')
  const handed = alice.page.waitForEvent('download')
  await panel.getByRole('button', { name: 'Export as JSON…' }).click()
  const path = join(folder, 'receipts.json')
  await (await handed).saveAs(path)
  const { receipts } = JSON.parse(readFileSync(path, 'utf8')) as { receipts: readonly { signature: string }[] }
  expect(receipts.length).toBeGreaterThanOrEqual(4)
  for (const { signature } of receipts) expect(signature).toMatch(/^[0-9A-F]{128}$/)
  await expectBriefly(
    alice.page,
    /^The message waits longer now/,
    async () => await panel.getByRole('button', { name: 'Renew' }).click(),
  )
  await expect
    .poll(async () => Date.parse((await until.getAttribute('datetime')) ?? '') - before)
    .toBeGreaterThan(12 * 86_400_000)
})

test.describe('for a day', () => {
  // The price falls with the time: two weeks of several messages would be minutes of work for a busy computer.
  test.use({ ttlSeconds: 86_400 })

  test('a message that is taken back does not arrive; one written after it does', async ({
    friends: { alice, bob },
  }) => {
    await alice.open()
    await alice.openConversation('Bob')
    await alice.write('Bob', 'Forget this.')
    await expect(alice.mark('Forget this.')).toHaveAccessibleName(STORED)
    await alice.mark('Forget this.').click()
    const panel = alice.page.getByRole('complementary', { name: 'Delivery' })
    await panel.getByRole('button', { name: 'Cancel sending' }).click()
    await expect(alice.mark('Forget this.')).toHaveAccessibleName(/^Cancelled before Bob got it/)
    await alice.write('Bob', 'Remember this.')
    await expect(alice.mark('Remember this.')).toHaveAccessibleName(STORED)
    await alice.leave()

    await bob.open()
    await bob.openConversation('Alice')
    await expect(bob.message('Remember this.')).toBeVisible()
    await expect(bob.message('Forget this.')).toHaveCount(0)
  })
})

test.describe('for a minute only', () => {
  test.use({ ttlSeconds: 60 })

  test('a message whose time is up says so, and goes out again when it is told to', async ({
    friends: { alice, bob },
  }) => {
    await alice.open()
    await alice.openConversation('Bob')
    await expect(alice.page.getByText('up to 60 seconds.')).toBeVisible()
    await alice.write('Bob', 'Quickly now.')
    await expect(alice.mark('Quickly now.')).toHaveAccessibleName(/^Expired/)
    await alice.mark('Quickly now.').click()
    const panel = alice.page.getByRole('complementary', { name: 'Delivery' })
    const steps = panel.getByRole('region', { name: 'What happened' }).getByRole('listitem')
    await expect(steps.filter({ hasText: /^Stored/ })).toHaveCount(1)
    // He is there before it goes out: a minute may be too short to start a program in.
    await bob.open()
    await bob.openConversation('Alice')
    await expect(alice.friend('Bob')).toHaveAccessibleName(/online/)
    await expect(bob.message('Quickly now.')).toHaveCount(0)
    await panel.getByRole('button', { name: 'Send again' }).click()
    await expect(bob.message('Quickly now.')).toHaveCount(1)
  })
})

const testOfLosses = testOnNodes(10)

testOfLosses.use({ ttlSeconds: 86_400 })

testOfLosses('storage nodes that die while a message is being stored do not lose it', async ({ friends, storage }) => {
  const { alice, bob } = friends
  const texts = ['One.', 'Two.', 'Three.']
  await alice.open()
  await alice.openConversation('Bob')
  for (const text of texts) await alice.write('Bob', text)
  await expect(alice.mark('One.')).not.toHaveAccessibleName(/^Waiting on this computer/)
  await storage.kill(3)
  for (const text of texts) await expect(alice.mark(text)).toHaveAccessibleName(STORED)
  await alice.leave()

  await bob.open()
  await bob.openConversation('Alice')
  for (const text of texts) await expect(bob.message(text)).toHaveCount(1)
})
