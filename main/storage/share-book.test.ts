import { expect, test } from 'vitest'
import { ShareBook } from './share-book.ts'

test('counts by kind and prefix, and forgets a share without rows', () => {
  const book = new ShareBook()
  const deposit = { kind: 'deposit', prefix: '203.0.113' } as const
  const repair = { kind: 'repair', prefix: '203.0.113' } as const
  book.add(1, deposit, 100)
  book.add(2, deposit, 50)
  book.add(3, repair, 7)
  expect([book.bytesOf(deposit), book.bytesOf(repair), book.repairBytes]).toEqual([150, 7, 7])
  expect(book.originOf(3)).toEqual(repair)
  book.remove(1, 100)
  book.remove(3, 7)
  book.remove(3, 7)
  expect([book.bytesOf(deposit), book.bytesOf(repair), book.repairBytes]).toEqual([50, 0, 0])
  expect(book.sharesOf('repair')).toEqual([])
  expect(book.sharesOf('deposit')).toMatchObject([{ bytes: 50 }])
})
