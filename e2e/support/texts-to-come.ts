import { expect, type Page } from '@playwright/test'

/** Sees a text on the page because of what `act` does, also one that is there for too short a time to be looked for. */
export async function expectBriefly(page: Page, wanted: RegExp, act: () => Promise<unknown>): Promise<void> {
  const count = await textsToCome(page, wanted)
  await act()
  await expect.poll(count, { message: `the page shows ${String(wanted)}` }).toBeGreaterThan(0)
}

/**
 * Counts the texts of the page from now on that match, each by itself and as a part of others. The page keeps the count
 * until it is loaded anew.
 */
export async function textsToCome(page: Page, wanted: RegExp): Promise<() => Promise<number>> {
  const count = await page.evaluateHandle((pattern) => {
    const seen = { count: 0 }
    const withAllWithin = (node: Node): Node[] => [node, ...[...node.childNodes].flatMap(withAllWithin)]
    const look = (changes: MutationRecord[]): void => {
      const added = changes.flatMap(({ addedNodes, target, type }) =>
        type === 'childList' ? [...addedNodes].flatMap(withAllWithin) : [target],
      )
      seen.count += added.filter((node) => pattern.test(node.textContent ?? '')).length
    }
    new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true })
    return seen
  }, wanted)
  return () => count.evaluate((seen) => seen.count)
}
