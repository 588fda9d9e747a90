import { afterEach, beforeEach, expect, test } from 'vitest'
import { ApiErrorCode } from '../../../shared/api/errors.ts'
import type { Message } from '../../../shared/model/message.ts'
import { formatToxId } from '../../../shared/tox-id.ts'
import { createTestHosts, type TestHost, type TestHosts } from '../test-app-host.ts'

const FRIEND = '76518406F6A9F2217E8DC487CC783C25CC16A15EB36FF32E335A235342C48A39'
const MINUTE_SECONDS = 60
let hosts: TestHosts
let started: TestHost

beforeEach(async () => {
  hosts = createTestHosts()
  started = await hosts.start('lena')
  await started.client.friends.add({ toxId: formatToxId({ publicKey: FRIEND, nospam: '218F515C' }), message: 'hello' })
})

afterEach(() => hosts.end())

/** The row as the engine would have it: what follows from an end that takes hours to come. */
function endAs(message: Message, state: 'expired' | 'failed'): void {
  const row = started.host.database.messages.get(message.id)
  if (row?.messageId === undefined) throw new Error('no message')
  const { messageId } = row
  started.host.database.transaction(() => started.host.database.messages.setState({ messageId, state, at: Date.now() }))
}

test('resend hands an own message to the engine by its own id, and answers how it stands then', async () => {
  const { client, host } = started
  const message = await client.messages.send({ friend: FRIEND, text: 'again', ttlSeconds: MINUTE_SECONDS })
  endAs(message, 'expired')
  const asked: string[] = []
  host.turn(({ offline }) => {
    offline.resend = (messageId) => {
      asked.push(messageId)
      return true
    }
  })
  expect(await client.messages.resend({ id: message.id })).toMatchObject({ id: message.id, text: 'again' })
  expect(asked).toEqual([host.database.messages.get(message.id)?.messageId])
})

test('what the engine refuses is a conflict that names the state, and a message of the friend is never one of ours', async () => {
  const { client, host } = started
  const message = await client.messages.send({ friend: FRIEND, text: 'again' })
  const conflict = { code: ApiErrorCode.Conflict, message: `message ${message.id} is queued: it cannot be sent again` }
  await expect(client.messages.resend({ id: message.id })).rejects.toMatchObject(conflict)
  const id = host.database.transaction(() =>
    host.database.messages.insert({
      friend: FRIEND,
      messageId: '0C'.repeat(16),
      isOutgoing: false,
      content: { kind: 'text', text: 'hers' },
      sentAt: 1,
      state: 'received',
    }),
  )
  for (const call of [client.messages.cancel({ id }), client.messages.resend({ id })]) {
    await expect(call).rejects.toMatchObject({ code: ApiErrorCode.Conflict })
  }
})

test('messages have ids in the order in which they were written, and a page of them is the newest, oldest first', async () => {
  const { client } = started
  const sent = await Promise.all(
    Array.from({ length: 30 }, (_, at) => client.messages.send({ friend: FRIEND, text: `message ${at}` })),
  )
  expect(sent.map(({ text }) => text)).toEqual(Array.from({ length: 30 }, (_, at) => `message ${at}`))
  const pages: Message[] = []
  for (let beforeId: number | undefined; pages.length < 30; beforeId = pages[0]?.id) {
    pages.unshift(...(await client.messages.list({ friend: FRIEND, limit: 7, ...(beforeId ? { beforeId } : {}) })))
  }
  expect(pages).toEqual(sent)
  expect(await client.messages.list({ friend: FRIEND, limit: 7, beforeId: sent[0]?.id ?? 0 })).toEqual([])
})

test('a message without a word about its time takes that of the settings', async () => {
  const { client, host } = started
  await client.settings.set({ ttlSeconds: MINUTE_SECONDS, fileTtlSeconds: 2 * MINUTE_SECONDS })
  const asked: number[] = []
  host.turn(({ offline }) => {
    const send = offline.send.bind(offline)
    offline.send = (friend, outgoing, now) => {
      asked.push(outgoing.ttlSeconds)
      return send(friend, outgoing, now)
    }
  })
  await client.messages.send({ friend: FRIEND, text: 'x' })
  await client.messages.send({ friend: FRIEND, text: 'x', ttlSeconds: 10 })
  await client.files.send({ friend: FRIEND, path: import.meta.filename })
  expect(asked).toEqual([MINUTE_SECONDS, 10, 2 * MINUTE_SECONDS])
})
