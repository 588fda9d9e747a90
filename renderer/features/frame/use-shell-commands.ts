import { useEffect } from 'react'
import { useShell, useStores } from '../../app-context.tsx'
import { focusSearch } from '../friends/search-field.tsx'
import { openTarget } from './targets.ts'

/** Does what menus, tray, links, files and notifications ask of the window; what needs a profile waits for it. */
export function useShellCommands(): void {
  const shell = useShell()
  const { account, view } = useStores()
  useEffect(
    () =>
      shell.onCommand((command) => {
        const state = view.getState()
        switch (command.kind) {
          case 'openLink':
            state.showOverlay({ kind: 'addFriend', toxId: command.link })
            break
          case 'openSavefile':
            state.openSavefile(command.path)
            // First run shows its import form by itself.
            if (account.getState().account?.phase === 'open') state.openSettings('backup')
            break
          case 'openTarget':
            openTarget(command.target, state)
            break
          case 'showSettings':
            state.openSettings()
            break
          case 'addFriend':
            state.showOverlay({ kind: 'addFriend' })
            break
          case 'search':
            focusSearch()
            break
          case 'quitting':
            state.showQuitting()
            break
        }
      }),
    [shell, account, view],
  )
}
