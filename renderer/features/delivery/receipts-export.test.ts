import { expect, test } from 'vitest'
import { testMessage } from '../conversation/test-messages.ts'
import { receiptsFileName, receiptsJson } from './receipts-export.ts'

const RECEIPT = {
  nodeKey: 'A'.repeat(64),
  receivedAt: '2026-11-27T12:00:00.000Z',
  expiresAt: '2026-12-11T12:00:00.000Z',
  receipt: 'C1'.repeat(100),
  signature: '5E'.repeat(64),
}

test('exports receipts as they were signed, and nothing of what was written', () => {
  const message = testMessage(7, { direction: 'out', state: 'stored', text: 'a secret' })
  const json = receiptsJson(message, { timeline: [], holders: [], receipts: [RECEIPT] })
  expect(JSON.parse(json)).toMatchObject({
    format: 'ampoule-receipts-1',
    message: { id: 7, state: 'stored' },
    receipts: [RECEIPT],
  })
  expect(json).not.toContain('secret')
  expect(json).not.toContain(message.friend)
})

test('names the file by day and message', () => {
  expect(receiptsFileName(testMessage(7))).toBe('receipts-2026-11-27-7.json')
})
