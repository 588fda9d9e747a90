import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/**
 * WCAG 2.2 AA, and what axe holds to be good practice. The walk through the screens goes on: all that is found is told.
 *
 * isMenu   what opened last is a menu, which lies above the page and in none of its landmarks
 */
export async function expectAccessible(page: Page, where: string, isMenu = false): Promise<void> {
  await settled(page)
  // The guards of a menu hand the focus on: nobody ever rests on one, which axe cannot know.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).exclude('[data-base-ui-focus-guard]')
  const { violations } = await (isMenu ? axe.disableRules('region') : axe).analyze()
  const found = violations.map(({ id, help, nodes }) => `${id} (${help}): ${nodes.map(({ html }) => html).join(' | ')}`)
  expect.soft(found, `what axe finds on ${where}`).toEqual([])
}

/** Nothing reaches beyond the window at its side, and no text is cut off without a sign of it. */
export async function expectNothingCut(page: Page, where: string): Promise<void> {
  await settled(page)
  // What follows the size of the window by a script does so in its own time.
  const checks = expect.configure({ soft: true, message: `what does not fit on ${where}` })
  await checks.poll(() => page.evaluate(overflowing), { timeout: 30_000 }).toEqual([])
}

/** In the language for the checks: what still looks English, and is not of those texts, did not come from the catalogue. */
export async function expectFromCatalogue(page: Page, where: string, notOurs: readonly RegExp[]): Promise<void> {
  await settled(page)
  const found = await page.evaluate(plainTexts)
  const ours = found.filter((text) => !notOurs.some((pattern) => pattern.test(text)))
  expect.soft(ours, `what is English on ${where}`).toEqual([])
}

/** Runs in the page: texts that a person sees or hears, and no catalogue has disguised. */
function plainTexts(): string[] {
  const found = new Set<string>()
  const take = (text: string | null | undefined): void => {
    const plain = (text ?? '').replace(/\u202e[^\u202c]*\u202c/g, '').trim()
    if (/[aeiou]/i.test(plain)) found.add(plain)
  }
  for (const element of document.querySelectorAll<HTMLElement>('body, body *')) {
    if (!element.checkVisibility()) continue
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) take(node.textContent)
    for (const name of ['aria-label', 'title', 'alt', 'placeholder']) take(element.getAttribute(name))
  }
  return [...found]
}

/** Once nothing moves any more: colours and places in the middle of a transition are nobody's. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    // What was just changed is drawn, and its transitions have begun.
    for (let frames = 0; frames < 2; frames += 1) await new Promise((drawn) => requestAnimationFrame(drawn))
    const endless = (animation: Animation): boolean => animation.effect?.getComputedTiming().iterations === Infinity
    const moving = (): Animation[] =>
      document.getAnimations().filter((animation) => animation.playState === 'running' && !endless(animation))
    while (moving().length > 0) await Promise.allSettled(moving().map((animation) => animation.finished))
  })
}

/** Runs in the page. */
function overflowing(): string[] {
  const width = document.documentElement.clientWidth
  const found: string[] = []
  if (document.documentElement.scrollWidth > width)
    found.push(`the page is ${document.documentElement.scrollWidth} wide`)
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim())
    const style = getComputedStyle(element)
    const isSeen = element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    // Words for screen readers alone are a pixel large, and graphics have their own measures.
    if (!hasText || !isSeen || element.clientWidth <= 1 || element instanceof SVGElement) continue
    const box = element.getBoundingClientRect()
    const name = `<${element.tagName.toLowerCase()}> “${(element.textContent ?? '').trim().slice(0, 40)}”`
    const isBeside = box.right <= 0 || box.left >= width
    if (!isBeside && (box.right > width + 1 || box.left < -1)) found.push(`${name} reaches beyond the window`)
    const cutsText = style.overflowX !== 'visible' && style.overflowX !== 'auto' && style.overflowX !== 'scroll'
    const saysSo = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
    if (cutsText && !saysSo && element.scrollWidth > element.clientWidth + 1) found.push(`${name} is cut off`)
  }
  return found
}
