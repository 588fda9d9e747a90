import type { Message } from '../../../shared/model/message.ts'

const FRIEND = 'F'.repeat(64)

/** A message for tests, one minute after another by id, with what matters to the test. */
export function testMessage(id: number, more: Partial<Message> = {}): Message {
  return {
    id,
    friend: FRIEND,
    direction: 'in',
    kind: 'text',
    text: `text ${id}`,
    sentAt: new Date(Date.UTC(2026, 10, 27, 12, id)).toISOString(),
    state: more.direction === 'out' ? 'delivered' : 'received',
    isRead: true,
    ...more,
  }
}
