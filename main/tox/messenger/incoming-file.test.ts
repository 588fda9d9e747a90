import { expect, test } from 'vitest'
import { FILE_CHUNK_BYTES_MAX as CHUNK } from '../../wire/messenger-packets.ts'
import { IncomingFile } from './incoming-file.ts'

function incoming(size: number | undefined): IncomingFile {
  const file = new IncomingFile({ transferId: 1, fileNumber: 0, size })
  file.accept()
  return file
}

test('takes no data before it is accepted', () => {
  const file = new IncomingFile({ transferId: 1, fileNumber: 0, size: 5 })
  expect(file.receive(new Uint8Array(5))).toBeUndefined()
  file.accept()
  expect(file.receive(new Uint8Array(5))).toMatchObject({ position: 0, end: 'finished' })
})

test('ends when the size is reached, or with a short chunk', () => {
  const known = incoming(CHUNK + 2)
  expect(known.receive(new Uint8Array(CHUNK))).toMatchObject({ position: 0, end: undefined })
  expect(known.receive(new Uint8Array(2))).toMatchObject({ position: CHUNK, end: 'finished' })
  const unknown = incoming(undefined)
  expect(unknown.receive(new Uint8Array(CHUNK))?.end).toBeUndefined()
  expect(unknown.receive(new Uint8Array(0))?.end).toBe('finished')
  expect(incoming(0).receive(new Uint8Array(0))?.end).toBe('finished')
})

test('a short chunk before the size is an incomplete file', () => {
  expect(incoming(CHUNK * 2).receive(new Uint8Array(7))?.end).toBe('incomplete')
})

test('what goes past the size is cut off', () => {
  expect(incoming(3).receive(Uint8Array.of(1, 2, 3, 4))).toEqual({
    position: 0,
    data: Uint8Array.of(1, 2, 3),
    end: 'finished',
  })
})

test('seeks within its size, until it is accepted', () => {
  const file = new IncomingFile({ transferId: 1, fileNumber: 0, size: 10 })
  expect(file.canSeek(10)).toBe(false)
  expect(file.canSeek(4)).toBe(true)
  file.seek(4)
  file.accept()
  expect(file.canSeek(0)).toBe(false)
  expect(file.receive(new Uint8Array(6))).toMatchObject({ position: 4, end: 'finished' })
})
