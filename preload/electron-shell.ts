import { createClient, type Pipe } from '../shared/api/rpc.ts'
import type { Shell } from '../shared/api/shell.ts'
import { windowContract } from '../shared/api/window-contract.ts'

/**
 * The window's own abilities, asked of main over a pipe.
 *
 * pathOf   where a file lies that the person picked or dropped; empty if it lies nowhere
 */
export function createElectronShell<FileLike>(pipe: Pipe, pathOf: (file: FileLike) => string): Shell<FileLike> {
  const { window } = createClient(windowContract, pipe)
  let isReady = false
  return {
    kind: 'electron',
    async hostPath(file) {
      const path = pathOf(file)
      if (path === '') throw new Error('This file lies nowhere on this computer. Save it first, then choose it.')
      // The page itself cannot say this: it has no way to main but these functions, and cannot make files with paths.
      await window.fileChosen({ path })
      return path
    },
    async chooseSavePath(suggestedName) {
      const { path } = await window.chooseSavePath({ suggestedName })
      return path
    },
    // The host wrote where the person chose: it is there already.
    deliver: () => Promise.resolve(),
    async notify({ title, body, target }) {
      await window.notify({ title, body, target })
    },
    // The system has its own switch for each app, and tells nobody how it stands.
    noticePermission: () => 'granted',
    askForNotices: () => Promise.resolve('granted'),
    setBadge(unreadCount) {
      void window.setBadge({ unreadCount })
    },
    async openExternal(link) {
      await window.openExternal({ link })
    },
    onCommand(listener) {
      const stop = window.command(listener)
      if (!isReady) void window.ready({})
      isReady = true
      return stop
    },
  }
}
