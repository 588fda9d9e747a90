import { EventEmitter } from 'node:events'
import type { Notification } from 'electron'
import { expect, test } from 'vitest'
import { Notifier } from './notifications.ts'

class FakeNotification extends EventEmitter {
  isShown = false
  show = () => void (this.isShown = true)
}

function notifier(isSupported = true, platform: NodeJS.Platform = 'linux') {
  const made: { options: unknown; shown: FakeNotification }[] = []
  const clicked: string[] = []
  const ours = new Notifier({
    platform,
    isSupported: () => isSupported,
    create: (options) => {
      const shown = new FakeNotification()
      made.push({ options, shown })
      return shown as unknown as Notification
    },
    icon: 'icon.png',
    onClick: (target) => clicked.push(target),
  })
  return { made, clicked, ours }
}

test('shows what it is told, and a click leads to its target', () => {
  const { made, clicked, ours } = notifier()
  ours.show({ title: 'Lena', body: 'Are you there?', target: 'friend/1' })
  expect(made[0]?.options).toEqual({ title: 'Lena', body: 'Are you there?', icon: 'icon.png' })
  expect(made[0]?.shown.isShown).toBe(true)
  made[0]?.shown.emit('click')
  expect([clicked, ours.count]).toEqual([['friend/1'], 0])
})

test('holds what is shown until it closes, and no more than a notification centre does', () => {
  const { made, ours } = notifier()
  for (let count = 0; count < 50; count += 1) ours.show({ title: String(count), body: '', target: '' })
  expect(ours.count).toBe(32)
  made[49]?.shown.emit('close')
  expect(ours.count).toBe(31)
})

test('says nothing where the system shows none', () => {
  const { made, ours } = notifier(false)
  ours.show({ title: '', body: '', target: '' })
  expect(made).toEqual([])
})

test('what a friend wrote is text, also where the system reads markup', () => {
  const text = '1 < 2 & <a href="https://example.org">3 > 2</a>'
  const shown = (['linux', 'darwin', 'win32'] as const).map((platform) => {
    const { made, ours } = notifier(true, platform)
    ours.show({ title: '<Lena>', body: text, target: '' })
    return made[0]?.options
  })
  const escaped = '1 &lt; 2 &amp; &lt;a href="https://example.org"&gt;3 &gt; 2&lt;/a&gt;'
  expect(shown).toEqual([escaped, text, text].map((body) => ({ title: '<Lena>', body, icon: 'icon.png' })))
})
