import type { MenuItemConstructorOptions } from 'electron'
import type { ShellCommand } from '../../shared/api/shell.ts'
import type { ShellTexts } from './text/en.ts'

/** What the menus can do beside Electron's own roles. */
export interface MenuActions {
  command(command: ShellCommand): void
  /** One step larger, one smaller, or back to 0. */
  zoom(step: 1 | -1 | 0): void
  quit(): void
}

export interface MenuOptions {
  readonly texts: ShellTexts
  readonly actions: MenuActions
  readonly platform: NodeJS.Platform
  /** Of use to developers only, and not in what people install. */
  readonly hasDeveloperTools: boolean
}

type Item = MenuItemConstructorOptions

/** The menu bar, in the order and with the shortcuts that the platform's users know. */
export function menuTemplate(options: MenuOptions): Item[] {
  const isMac = options.platform === 'darwin'
  return [
    ...(isMac ? [applicationMenu(options)] : []),
    fileMenu(options, isMac),
    editMenu(options),
    viewMenu(options),
    windowMenu(options, isMac),
    ...(isMac ? [] : [helpMenu(options)]),
  ]
}

function applicationMenu({ texts, actions }: MenuOptions): Item {
  return {
    label: 'Ampoule',
    submenu: [
      { role: 'about', label: texts.about },
      SEPARATOR,
      settingsItem(texts, actions),
      SEPARATOR,
      { role: 'services', label: texts.services },
      SEPARATOR,
      { role: 'hide', label: texts.hide },
      { role: 'hideOthers', label: texts.hideOthers },
      { role: 'unhide', label: texts.showAll },
      SEPARATOR,
      quitItem(texts, actions),
    ],
  }
}

function fileMenu({ texts, actions }: MenuOptions, isMac: boolean): Item {
  const addFriend: Item = {
    label: texts.addFriend,
    accelerator: 'CmdOrCtrl+N',
    click: () => actions.command({ kind: 'addFriend' }),
  }
  const close: Item = { role: 'close', label: texts.closeWindow, accelerator: 'CmdOrCtrl+W' }
  const rest = isMac ? [close] : [settingsItem(texts, actions), SEPARATOR, close, quitItem(texts, actions)]
  return { label: texts.file, submenu: [addFriend, SEPARATOR, ...rest] }
}

function editMenu({ texts }: MenuOptions): Item {
  return {
    label: texts.edit,
    submenu: [
      { role: 'undo', label: texts.undo },
      { role: 'redo', label: texts.redo },
      SEPARATOR,
      { role: 'cut', label: texts.cut },
      { role: 'copy', label: texts.copy },
      { role: 'paste', label: texts.paste },
      { role: 'pasteAndMatchStyle', label: texts.pasteAsText },
      { role: 'delete', label: texts.delete },
      SEPARATOR,
      { role: 'selectAll', label: texts.selectAll },
    ],
  }
}

function viewMenu({ texts, actions, hasDeveloperTools }: MenuOptions): Item {
  const developerTools: Item = { role: 'toggleDevTools', label: texts.developerTools }
  return {
    label: texts.view,
    submenu: [
      { label: texts.switcher, accelerator: 'CmdOrCtrl+K', click: () => actions.command({ kind: 'search' }) },
      SEPARATOR,
      { label: texts.actualSize, accelerator: 'CmdOrCtrl+0', click: () => actions.zoom(0) },
      { label: texts.zoomIn, accelerator: 'CmdOrCtrl+Plus', click: () => actions.zoom(1) },
      // The plus that needs no Shift on many keyboards.
      { label: texts.zoomIn, accelerator: 'CmdOrCtrl+=', click: () => actions.zoom(1), visible: false },
      { label: texts.zoomOut, accelerator: 'CmdOrCtrl+-', click: () => actions.zoom(-1) },
      SEPARATOR,
      { role: 'togglefullscreen', label: texts.fullScreen },
      ...(hasDeveloperTools ? [SEPARATOR, developerTools] : []),
    ],
  }
}

function windowMenu({ texts }: MenuOptions, isMac: boolean): Item {
  const mac: Item[] = [{ role: 'zoom', label: texts.zoomWindow }, SEPARATOR, { role: 'front', label: texts.toFront }]
  return {
    role: 'windowMenu',
    label: texts.window,
    submenu: [{ role: 'minimize', label: texts.minimize }, ...(isMac ? mac : [])],
  }
}

function helpMenu({ texts }: MenuOptions): Item {
  return { role: 'help', label: texts.help, submenu: [{ role: 'about', label: texts.about }] }
}

const SEPARATOR: Item = { type: 'separator' }

function settingsItem(texts: ShellTexts, actions: MenuActions): Item {
  return { label: texts.settings, accelerator: 'CmdOrCtrl+,', click: () => actions.command({ kind: 'showSettings' }) }
}

/** Not the role: that one would close the window before it can say that the app hands over. */
function quitItem(texts: ShellTexts, actions: MenuActions): Item {
  return { label: texts.quit, accelerator: 'CmdOrCtrl+Q', click: () => actions.quit() }
}
