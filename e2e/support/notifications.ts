import type { Page } from '@playwright/test'

/** The desktop notifications of a page, seen as the browser is asked for them. */
export class Notifications {
  /** Titles and texts, the oldest first. */
  readonly seen: string[] = []
  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  /** Opens another window of whom `page` belongs to, and has the browser let it show notifications. */
  static async inWindowBeside(page: Page): Promise<Notifications> {
    const context = page.context()
    const address = new URL('/', page.url())
    await context.grantPermissions(['notifications'], { origin: address.origin })
    const notifications = new Notifications(await context.newPage())
    await notifications.page.exposeFunction('noteNotification', (words: string) => {
      notifications.seen.push(words)
    })
    await notifications.page.addInitScript(watchNotifications)
    await notifications.page.goto(address.href)
    return notifications
  }

  get page(): Page {
    return this.#page
  }

  /** Clicks on the one with these words, as the desktop tells the page of it. */
  async click(words: string): Promise<void> {
    await this.#page.evaluate((detail) => dispatchEvent(new CustomEvent('click-notification', { detail })), words)
  }
}

/**
 * Runs in the page before anything else there: real notifications, which tell of themselves. The Chromium of the packages has
 * no desktop to show them on: what it was told about them is in its permissions alone, from which it is taken here.
 */
function watchNotifications(): void {
  const RealNotification = Notification
  // Put there by Playwright.
  const tell = Reflect.get(globalThis, 'noteNotification') as (words: string) => void
  let told: NotificationPermission = 'default'
  void navigator.permissions.query({ name: 'notifications' }).then((permission) => {
    const take = (): void => {
      told = permission.state === 'prompt' ? 'default' : permission.state
    }
    permission.addEventListener('change', take)
    take()
  })
  class WatchedNotification extends RealNotification {
    static override get permission(): NotificationPermission {
      return told
    }

    constructor(title: string, options?: NotificationOptions) {
      super(title, options)
      const words = `${title}: ${options?.body ?? ''}`
      addEventListener('click-notification', (event) => {
        if (event instanceof CustomEvent && event.detail === words) this.dispatchEvent(new Event('click'))
      })
      tell(words)
    }
  }
  Reflect.set(globalThis, 'Notification', WatchedNotification)
}
