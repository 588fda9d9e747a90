import type { Page } from '@playwright/test'

/**
 * Counts the texts of the page from now on that match, also such as are there for too short a time to be looked for.
 * The page keeps the count until it is loaded anew.
 */
export async function textsToCome(page: Page, wanted: RegExp): Promise<() => Promise<number>> {
  const count = await page.evaluateHandle((pattern) => {
    const seen = { count: 0 }
    const look = (changes: MutationRecord[]): void => {
      const added = changes.flatMap(({ addedNodes, target, type }) =>
        type === 'childList' ? [...addedNodes] : [target],
      )
      seen.count += added.filter((node) => pattern.test(node.textContent ?? '')).length
    }
    new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true })
    return seen
  }, wanted)
  return () => count.evaluate((seen) => seen.count)
}
