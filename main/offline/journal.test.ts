import { expect, test } from 'vitest'
import { Journal } from './journal.ts'
import { TestSink } from './test-friends.ts'

test('what one input changes is one change, in which a later write of a row replaces an earlier one', () => {
  const sink = new TestSink()
  const journal = new Journal(sink)
  journal.write('a', Uint8Array.of(1))
  journal.erase('b')
  journal.write('a', Uint8Array.of(2))
  journal.note({ kind: 'missing', friend: 'F', sequence: 1, atMs: 0 })
  journal.commit()
  expect(sink.changes).toEqual([
    {
      writes: [
        { key: 'a', value: Uint8Array.of(2) },
        { key: 'b', value: undefined },
      ],
      messages: [{ kind: 'missing', friend: 'F', sequence: 1, atMs: 0 }],
    },
  ])
  expect(journal.lastSequence).toBe(1)
})

test('nothing changed is no change', () => {
  const sink = new TestSink()
  const journal = new Journal(sink)
  journal.commit()
  expect(sink.changes).toEqual([])
  expect(journal.lastSequence).toBe(0)
})
