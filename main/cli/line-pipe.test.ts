import { PassThrough, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { LINE_LENGTH_MAX, LinePipe } from './line-pipe.ts'

function pipe() {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const frames: string[] = []
  const line = new LinePipe(input, output)
  return { input, output, frames, line, listen: () => line.onFrame((frame) => frames.push(frame)) }
}

test('every line is a frame, however it comes in, and the last one without its end', async () => {
  const { input, frames, line, listen } = pipe()
  input.write('{"early":1}\n')
  listen()
  const bytes = Buffer.from('{"größe":"🗺️"}\r\n\n  \n{"more":2}\n{"last":3}')
  for (const byte of bytes) input.write(Uint8Array.of(byte))
  input.end()
  await line.ended
  expect(frames.map((frame) => JSON.parse(frame) as unknown)).toEqual([
    { early: 1 },
    { größe: '🗺️' },
    { more: 2 },
    { last: 3 },
  ])
})

test('a line without end does not fill the memory: it is cut, and the next one is whole', async () => {
  const { input, frames, line, listen } = pipe()
  listen()
  input.write(`"${'x'.repeat(LINE_LENGTH_MAX)}`)
  input.write('x'.repeat(1_000_000))
  input.end('x"\n{"next":1}\n')
  await line.ended
  expect(frames.map(({ length }) => length)).toEqual([LINE_LENGTH_MAX, 10])
})

test('frames leave as lines; after close nothing more is read', async () => {
  const { input, output, frames, line, listen } = pipe()
  listen()
  line.send('{"id":1}')
  expect(String(output.read())).toBe('{"id":1}\n')
  line.close()
  await line.ended
  input.write('{"late":1}\n')
  expect(frames).toEqual([])
})

test('a reader that is gone ends the pipe as a closed input does', async () => {
  const output = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
  const line = new LinePipe(new PassThrough(), output)
  const closed = new Promise((resolve) => output.once('close', resolve))
  line.send('{}')
  await Promise.all([line.ended, closed])
  expect(() => line.send('{}')).not.toThrow()
})
