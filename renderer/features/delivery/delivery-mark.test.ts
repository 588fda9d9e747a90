import { expect, test } from 'vitest'
import { MessageState, StateReason } from '../../../shared/model/message.ts'
import { testMessage } from '../conversation/test-messages.ts'
import { deliveryActions, deliveryMark, deliverySentence, toneOf } from './delivery-mark.ts'

const OWN_STATES = MessageState.options.filter((state) => state !== 'received')

test('every state of an own message has a mark and a sentence, whatever the reason', () => {
  for (const state of OWN_STATES) {
    for (const reason of [undefined, ...StateReason.options]) {
      const standing = reason === undefined ? { state } : { state, reason }
      expect(deliveryMark(standing), `${state} ${reason}`).toBeDefined()
      expect(deliverySentence(standing)?.startsWith(state), `${state} ${reason}`).toBe(true)
    }
  }
})

test("a friend's message has neither", () => {
  expect(deliveryMark({ state: 'received' })).toBeUndefined()
  expect(deliverySentence({ state: 'received', reason: 'message-missing' })).toBeUndefined()
})

test('never shows a thin, endangered or ending message as safely stored', () => {
  for (const reason of ['thin', 'at-risk', 'expiring'] as const) {
    expect(deliveryMark({ state: 'stored', reason })).toBe(reason)
    expect(toneOf(reason)).toBe('warning')
    expect(deliverySentence({ state: 'stored', reason })).toBe(`stored-${reason}`)
  }
  expect(deliveryMark({ state: 'stored' })).toBe('stored')
})

test('says why a message is only queued', () => {
  expect(deliverySentence({ state: 'queued', reason: 'not-met' })).toBe('queued-not-met')
  expect(deliverySentence({ state: 'queued' })).toBe('queued')
})

test('tells an expired message that may have been read from one that was not', () => {
  expect(deliverySentence({ state: 'expired', reason: 'not-known-whether-read' })).toBe(
    'expired-not-known-whether-read',
  )
  expect(deliverySentence({ state: 'expired' })).toBe('expired')
})

test('leaves out a reason that says nothing about the state', () => {
  expect(deliverySentence({ state: 'delivered', reason: 'unsupported' })).toBe('delivered')
})

test('offers what the state allows, for own messages only', () => {
  const allowed = (state: MessageState) => {
    const { canEdit, canCancel, canResend, canRenew } = deliveryActions(testMessage(1, { direction: 'out', state }))
    return [canEdit && 'edit', canCancel && 'cancel', canResend && 'resend', canRenew && 'renew'].filter(Boolean)
  }
  expect(allowed('queued')).toEqual(['edit', 'cancel'])
  expect(allowed('proving')).toEqual(['cancel'])
  expect(allowed('storing')).toEqual(['cancel'])
  expect(allowed('stored')).toEqual(['cancel', 'renew'])
  expect(allowed('expired')).toEqual(['resend'])
  expect(allowed('failed')).toEqual(['resend'])
  for (const state of ['collected', 'delivered', 'read', 'cancelled'] as const) expect(allowed(state)).toEqual([])
  expect(Object.values(deliveryActions(testMessage(1)))).toEqual([false, false, false, false])
})

test('does not offer other words for a file', () => {
  expect(deliveryActions(testMessage(1, { direction: 'out', kind: 'file', state: 'queued' })).canEdit).toBe(false)
})
