import type { ShownNotice } from '../../shared/api/shell.ts'
import type { WindowContract } from '../../shared/api/window-contract.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import type { Handlers } from '../../shared/api/rpc.ts'
import { safeFileName } from '../host/safe-file-name.ts'
import { outsideLink } from './links.ts'

export interface WindowAbilities {
  readonly platform: NodeJS.Platform
  readonly onReady: () => void
  /** Asks the person with the system's dialog for a place for this plain name; undefined if they thought better of it. */
  readonly askSavePath: (suggestedName: string) => Promise<string | undefined>
  /** From now on the page may have the host read this file. */
  readonly onChosen: (path: string) => void
  readonly notify: (notice: ShownNotice) => void
  readonly setBadge: (unreadCount: number) => void
  readonly openOutside: (link: string) => Promise<void>
}

/** Answers what the page asks of its window. Arguments were checked against the contract. */
export function createWindowHandlers(abilities: WindowAbilities): Handlers<WindowContract> {
  return {
    window: {
      ready() {
        abilities.onReady()
        return {}
      },
      async chooseSavePath({ suggestedName }) {
        // It may be the name that a friend gave to a file: the dialog shows what it ends in, and begins in its folder.
        const path = await abilities.askSavePath(safeFileName(suggestedName, abilities.platform))
        return path === undefined ? {} : { path }
      },
      fileChosen({ path }) {
        abilities.onChosen(path)
        return {}
      },
      notify(notice) {
        abilities.notify(notice)
        return {}
      },
      setBadge({ unreadCount }) {
        abilities.setBadge(unreadCount)
        return {}
      },
      async openExternal({ link }) {
        const outside = outsideLink(link)
        if (outside === undefined) throw new ApiError(ApiErrorCode.Impossible, 'Only web and mail links are opened.')
        await abilities.openOutside(outside)
        return {}
      },
    },
  }
}
