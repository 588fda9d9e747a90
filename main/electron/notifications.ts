import type { Notification, NotificationConstructorOptions } from 'electron'
import type { ShownNotice } from '../../shared/api/shell.ts'

export interface NotifierOptions {
  readonly platform: NodeJS.Platform
  readonly isSupported: () => boolean
  readonly create: (options: NotificationConstructorOptions) => Notification
  readonly icon: string
  readonly onClick: (target: string) => void
}

/** More than a notification centre shows; the oldest are let go. */
const SHOWN_COUNT_MAX = 32

/** Shows notifications of the system. Each is held while it is shown: one that is collected as garbage loses its click. */
export class Notifier {
  readonly #options: NotifierOptions
  readonly #shown = new Set<Notification>()

  constructor(options: NotifierOptions) {
    this.#options = options
  }

  show({ title, body, target }: ShownNotice): void {
    const { platform, isSupported, create, icon, onClick } = this.#options
    if (!isSupported()) return
    const notification = create({ title, body: platform === 'linux' ? withoutMarkup(body) : body, icon })
    notification.on('click', () => {
      this.#shown.delete(notification)
      onClick(target)
    })
    notification.on('close', () => this.#shown.delete(notification))
    this.#shown.add(notification)
    for (const oldest of this.#shown) {
      if (this.#shown.size <= SHOWN_COUNT_MAX) break
      this.#shown.delete(oldest)
    }
    notification.show()
  }

  /** How many are held. */
  get count(): number {
    return this.#shown.size
  }
}

/**
 * Text as a body that shows it as it is: desktops of Linux read a body as markup, with links and pictures, and what a
 * friend wrote goes there.
 *
 * source   Desktop Notifications Specification, "Markup"
 */
function withoutMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
