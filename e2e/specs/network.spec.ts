import { expect, test, testOnNodes } from '../support/fixtures.ts'
import { expectBriefly } from '../support/texts-to-come.ts'

const KEY = 'A'.repeat(64)

/** So few that every one of them, and whoever joins, holds every message. */
const testOfFew = testOnNodes(3)

testOfFew.use({ ttlSeconds: 86_400 })

testOfFew(
  'who keeps messages for others sees it, and loses none of them by making room',
  async ({ friends: { alice, bob }, newcomer }) => {
    const carol = newcomer('Carol')
    await carol.open()
    await carol.createProfile()
    await carol.openSettings('Storage')
    const { page } = carol
    await page.getByRole('switch', { name: 'Keep messages for others' }).click()
    await expect(page.getByText('This computer keeps messages for others.')).toBeVisible()
    const held = page
      .getByRole('definition')
      .filter({ has: page.locator('xpath=preceding-sibling::dt[1][.="Messages held"]') })
    await expect(held).toHaveText('0')

    await alice.open()
    await alice.openConversation('Bob')
    await alice.write('Bob', 'Kept by Carol too.')
    await expect(alice.mark('Kept by Carol too.')).toHaveAccessibleName(/^Stored on the network/)
    await alice.leave()
    await expect(held).not.toHaveText('0')
    await expect(page.getByRole('progressbar', { name: 'Held now' })).toBeVisible()

    await page.getByRole('button', { name: 'Clear now' }).click()
    await expectBriefly(
      page,
      /^Handed over and cleared\.$/,
      async () => await page.getByRole('button', { name: 'Hand over and clear' }).click(),
    )
    await page.getByRole('slider', { name: 'Space for others' }).press('Home')
    await expect(page.getByRole('switch', { name: 'Keep messages for others' })).not.toBeChecked()

    await bob.open()
    await bob.openConversation('Alice')
    await expect(bob.message('Kept by Carol too.')).toHaveCount(1)
  },
)

test('the rings are drawn with everybody on them and the ways of the last lookups', async ({ aliceAt, storage }) => {
  const alice = await aliceAt('Storage')
  const { page } = alice
  await page.getByRole('switch', { name: 'Keep messages for others' }).click()
  await expect(page.getByText('This computer keeps messages for others.')).toBeVisible()
  await alice.openSettings('Network')
  for (const ring of [1, 2, 3]) {
    await page.getByRole('tab', { name: `Ring ${ring}` }).click()
    const name = `Ring ${ring}: this node and ${storage.nodeCount} it knows`
    await expect(page.getByRole('img', { name })).toBeVisible()
    await expect(page.getByText('This node stands in no ring')).toBeHidden()
    await expect(page.getByText(/^\d+ hops?, [\d,]+ ms/).first()).toBeVisible()
    await page.getByText('Contacts of this ring').click()
    await expect(page.getByRole('row').filter({ hasText: 'Successor' }).first()).toBeVisible()
  }
})

test('the ways into the network say what became of them, and take one more', async ({ aliceAt }) => {
  const alice = await aliceAt('Network')
  const { page } = alice
  await expect(page.getByRole('row', { name: /127\.0\.0\.1.*given at the start.*answered/ }).first()).toBeVisible()

  await page.getByLabel('Host name or address').fill('127.0.0.1')
  await page.getByLabel('Key (64 hex digits)').fill('12 34')
  await page.getByRole('button', { name: 'Add a node' }).click()
  await expect(page.getByText('A key has 64 hex digits.')).toBeVisible()
  await page.getByLabel('Key (64 hex digits)').fill(KEY)
  await page.getByLabel('UDP port').last().fill('9')
  await page.getByRole('button', { name: 'Add a node' }).click()
  const added = () => alice.page.getByRole('row', { name: /127\.0\.0\.1:9 .*added by you/ })
  await expect(added()).toContainText(/asked|silent/)
  await alice.leave()
  await alice.open()
  await alice.openSettings('Network')
  await expect(added()).toBeVisible()
  await added().getByRole('button', { name: 'Remove 127.0.0.1' }).click()
  await expect(added()).toBeHidden()
})
