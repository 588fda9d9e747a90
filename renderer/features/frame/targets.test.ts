import { expect, test } from 'vitest'
import { createViewStore } from '../../stores/view-store.ts'
import { openTarget, targetOf } from './targets.ts'

const FRIEND = 'A'.repeat(64)

test('a notification of a message leads to that message', () => {
  const view = createViewStore()
  openTarget(targetOf({ kind: 'message', publicKey: FRIEND, name: 'Lena', messageId: 7 }), view.getState())
  expect(view.getState().place).toEqual({ kind: 'conversation', friend: FRIEND, jump: { messageId: 7 } })
})

test('a notification of a request leads to the list, where requests stand', () => {
  const view = createViewStore()
  view.getState().openSettings('about')
  openTarget(targetOf({ kind: 'request', publicKey: FRIEND, name: '' }), view.getState())
  expect(view.getState().place).toEqual({ kind: 'home' })
})

test('what nobody understands changes nothing', () => {
  const view = createViewStore()
  const before = view.getState()
  openTarget('elsewhere', before)
  openTarget('friend', before)
  expect(view.getState()).toBe(before)
})
