import type { MenuItemConstructorOptions } from 'electron'
import { expect, test } from 'vitest'
import type { ShellCommand } from '../../shared/api/shell.ts'
import { menuTemplate } from './menu.ts'
import { de } from './text/de.ts'
import { en } from './text/en.ts'

function menu(platform: NodeJS.Platform, hasDeveloperTools = false) {
  const asked: unknown[] = []
  const actions = {
    command: (command: ShellCommand) => void asked.push(command.kind),
    zoom: (step: number) => void asked.push(step),
    quit: () => void asked.push('quit'),
  }
  const template = menuTemplate({ texts: en, actions, platform, hasDeveloperTools })
  return { asked, template, items: flat(template) }
}

function flat(items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])])
}

function click(items: readonly MenuItemConstructorOptions[], accelerator: string): void {
  const item = items.find((candidate) => candidate.accelerator === accelerator)
  // Our own items look at none of the arguments.
  ;(item?.click as (() => void) | undefined)?.()
}

test.each(['linux', 'win32', 'darwin'] as const)('%s: each shortcut does what it says', (platform) => {
  const { asked, items } = menu(platform)
  for (const key of [',', 'K', 'N', '0', 'Plus', '=', '-', 'Q']) click(items, `CmdOrCtrl+${key}`)
  expect(asked).toEqual(['showSettings', 'search', 'addFriend', 0, 1, 1, -1, 'quit'])
})

test.each(['linux', 'win32', 'darwin'] as const)(
  '%s: no shortcut is given twice, and every item has words',
  (platform) => {
    const { items } = menu(platform)
    const accelerators = items.flatMap(({ accelerator }) => (accelerator === undefined ? [] : [accelerator]))
    expect(new Set(accelerators).size).toBe(accelerators.length)
    expect(items.filter(({ type, label }) => type !== 'separator' && !label)).toEqual([])
  },
)

test('the menus are those that users of the platform know', () => {
  const labels = (platform: NodeJS.Platform) => menu(platform).template.map(({ label }) => label)
  expect(labels('linux')).toEqual(['File', 'Edit', 'View', 'Window', 'Help'])
  expect(labels('win32')).toEqual(['File', 'Edit', 'View', 'Window', 'Help'])
  expect(labels('darwin')).toEqual(['Ampoule', 'File', 'Edit', 'View', 'Window'])
})

test('nothing reloads the page, and developer tools are for developers', () => {
  const roles = (hasTools: boolean) => menu('linux', hasTools).items.flatMap(({ role }) => role ?? [])
  expect(roles(false)).not.toContain('toggleDevTools')
  expect(roles(true)).toContain('toggleDevTools')
  for (const role of ['reload', 'forceReload', 'quit']) expect(roles(true)).not.toContain(role)
})

test('every word has its German one', () => {
  const words = Object.entries(de).filter(([, word]) => typeof word === 'string')
  expect(words.filter(([, word]) => word === '')).toEqual([])
  const same = words.filter(([name, word]) => en[name as keyof typeof en] === word).map(([name]) => name)
  expect(same).toEqual([])
})
