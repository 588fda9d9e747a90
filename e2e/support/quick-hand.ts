import type { Locator } from '@playwright/test'

/**
 * A hand that rests on a button and presses it in the moment that it is there, once more than `share` percent of the group's
 * progress is done: for what would be over before anybody had found the button. It is in place when this resolves; the
 * function that comes back resolves when it has pressed.
 */
export async function restOn(group: Locator, button: string, share = -1): Promise<() => Promise<void>> {
  const hand = await group.evaluateHandle(
    (element, wanted) => {
      const pressed = new Promise<void>((resolve) => {
        const look = (): void => {
          const found = [...element.querySelectorAll('button')].find((one) => one.ariaLabel === wanted.button)
          const done = Number(element.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow') ?? 0)
          if (!found || done <= wanted.share) return
          watch.disconnect()
          found.click()
          resolve()
        }
        const watch = new MutationObserver(look)
        watch.observe(element, { attributes: true, childList: true, subtree: true })
        look()
      })
      return { pressed }
    },
    { button, share },
  )
  return async () => await hand.evaluate(({ pressed }) => pressed)
}
