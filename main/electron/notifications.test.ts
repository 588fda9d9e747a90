import { EventEmitter } from 'node:events'
import type { Notification } from 'electron'
import { expect, test } from 'vitest'
import { Notifier } from './notifications.ts'

class FakeNotification extends EventEmitter {
  isShown = false
  show = () => void (this.isShown = true)
}

function notifier(isSupported = true) {
  const made: { options: unknown; shown: FakeNotification }[] = []
  const clicked: string[] = []
  const ours = new Notifier({
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
