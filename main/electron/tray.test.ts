import { EventEmitter } from 'node:events'
import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron'
import { expect, test } from 'vitest'
import { de } from './text/de.ts'
import { en } from './text/en.ts'
import { showBadge, TrayIcon } from './tray.ts'

class FakeTray extends EventEmitter {
  image = ''
  toolTip = ''
  items: MenuItemConstructorOptions[] = []
  isGone = false
  setImage = (image: string) => void (this.image = image)
  setToolTip = (text: string) => void (this.toolTip = text)
  setContextMenu = (menu: unknown) => void (this.items = menu as MenuItemConstructorOptions[])
  destroy = () => void (this.isGone = true)
}

function trayIcon() {
  const fake = new FakeTray()
  const asked: string[] = []
  const icon = new TrayIcon(
    {
      createTray: (image) => {
        fake.image = image
        return fake as unknown as Tray
      },
      // The fake takes the template itself for the menu.
      buildMenu: (template) => template as unknown as Menu,
      icons: { plain: 'plain.png', unread: 'unread.png' },
      onShow: () => asked.push('show'),
      onQuit: () => asked.push('quit'),
    },
    en,
  )
  return { fake, icon, asked }
}

const words = (fake: FakeTray) => fake.items.map(({ label, type }) => label ?? type)

test('opens the window by a click and by its menu, and leaves by its menu', () => {
  const { fake, asked } = trayIcon()
  fake.emit('click')
  for (const { click } of fake.items) (click as (() => void) | undefined)?.()
  expect(words(fake)).toEqual(['Open Ampoule', 'separator', 'Quit Ampoule'])
  expect(asked).toEqual(['show', 'show', 'quit'])
})

test('says how much is unread, in picture and words, until it is read', () => {
  const { fake, icon } = trayIcon()
  expect([fake.image, fake.toolTip]).toEqual(['plain.png', 'Ampoule'])
  icon.setUnread(3, en)
  expect([fake.image, fake.toolTip, words(fake)[1]]).toEqual([
    'unread.png',
    'Ampoule – 3 unread messages',
    '3 unread messages',
  ])
  icon.setTexts(de)
  expect(words(fake)[1]).toBe('3 ungelesene Nachrichten')
  icon.setUnread(0, en)
  expect([fake.image, fake.toolTip, words(fake).length]).toEqual(['plain.png', 'Ampoule', 3])
})

test('goes when the app goes', () => {
  const { fake, icon } = trayIcon()
  icon.destroy()
  expect(fake.isGone).toBe(true)
})

test('the badge is a count where there is one, and a picture on Windows', () => {
  const told: unknown[] = []
  const options = (platform: NodeJS.Platform) => ({
    platform,
    setBadgeCount: (count: number) => told.push(count),
    setOverlay: (icon: NativeImage | null, description: string) => told.push([icon, description]),
    overlay: () => 'dot' as unknown as NativeImage,
  })
  showBadge(options('linux'), 2, en)
  showBadge(options('darwin'), 0, en)
  showBadge(options('win32'), 2, en)
  showBadge(options('win32'), 0, en)
  expect(told).toEqual([2, 0, ['dot', '2 unread messages'], [null, '']])
})
