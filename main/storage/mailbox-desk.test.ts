import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { DAY_MS } from '../base/time.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { encode } from '../wire/codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from '../wire/extension-packet.ts'
import { fetchCommand, listing } from '../wire/storage-packets.ts'
import { ONE_DATAGRAM_BODY_BYTES } from '../wire/storage-proof.ts'
import { MailboxDesk } from './mailbox-desk.ts'
import { VAULT_LIMITS_DEFAULT } from './quota.ts'
import { recordIdOf } from './record.ts'
import { mailboxPlaces, TEST_NOW, TestDeposits } from './test-deposits.ts'
import { Tokens } from './tokens.ts'
import { createMemoryVault } from './vault-memory.ts'

beforeAll(() => sodiumReady)

const NOW = TEST_NOW

function setUp() {
  const random = new SeededRandom(1)
  const deposits = new TestDeposits(1)
  const vault = createMemoryVault({ ringCount: 3, limits: VAULT_LIMITS_DEFAULT })
  const desk = new MailboxDesk({ vault, tokens: new Tokens(random), selfKey: createKeyPair(random).publicKey })
  const places = mailboxPlaces(deposits.mailbox.verifyKey, 3)
  const origin = { kind: 'deposit', prefix: undefined } as const
  const put = (record: ReturnType<TestDeposits['record']>) => vault.put({ record, places, origin }, NOW)
  const list = (fromSlot: number) => {
    const command = encode(fetchCommand, { fromSlot, wantsBody: true, known: [] })
    return desk.list(deposits.mailbox.verifyKey, command, EXTENSION_BODY_BYTES_MAX, NOW)
  }
  return { deposits, put, list }
}

test('a record comes with a listing only where the listing still names a slot: each page goes further', () => {
  const { deposits, put, list } = setUp()
  const body = deposits.body(ONE_DATAGRAM_BODY_BYTES)
  const header = deposits.header({ body }, NOW)
  const plain = deposits.record({ slot: 0, body }, NOW)
  put(plain)
  expect(list(0)).toMatchObject({ isLast: true, slots: [{ slot: 0 }], record: { renewal: undefined } })
  const [first] = plain.payments
  if (!first || !('signed' in first)) throw new Error('a header')
  const renewal = deposits.renewal(recordIdOf(first.signed.header), 1, header.notAfter + DAY_MS)
  put(deposits.renewed(plain, first.signed.header, renewal, NOW))
  put(deposits.record({ slot: 1 }, NOW))
  const renewed = list(0)
  expect(renewed).toMatchObject({ isLast: true, slots: [{ slot: 0, counter: 1 }, { slot: 1 }], record: undefined })
  expect(encode(listing, renewed).length).toBeLessThanOrEqual(EXTENSION_BODY_BYTES_MAX)
})
