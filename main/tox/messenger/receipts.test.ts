import { expect, test } from 'vitest'
import { isNumberBefore, Receipts } from './receipts.ts'

test('gives the receipts of all packets before a number, once, in order', () => {
  const receipts = new Receipts()
  for (const number of [3, 4, 9]) receipts.add(number, number * 10)
  expect(receipts.takeBefore(3)).toEqual([])
  expect(receipts.takeBefore(5)).toEqual([30, 40])
  expect(receipts.takeBefore(5)).toEqual([])
  expect(receipts.takeAll()).toEqual([90])
  expect(receipts.takeAll()).toEqual([])
})

test('packet numbers wrap around at 2^32', () => {
  const receipts = new Receipts()
  receipts.add(0xffffffff, 1)
  receipts.add(0, 2)
  expect(receipts.takeBefore(0)).toEqual([1])
  expect(receipts.takeBefore(1)).toEqual([2])
  expect(isNumberBefore(7, 7)).toBe(false)
  expect(isNumberBefore(8, 7)).toBe(false)
  expect(isNumberBefore(0xfffffff0, 5)).toBe(true)
})

test('holds as many as net_crypto has on its way, and says when it is full', () => {
  const receipts = new Receipts()
  for (let number = 0; number < 32_768; number += 1) receipts.add(number, number)
  expect(receipts.isFull).toBe(true)
  expect(receipts.takeBefore(32_768)).toHaveLength(32_768)
  expect(receipts.isFull).toBe(false)
})
