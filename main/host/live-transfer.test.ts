import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const MODULE = pathToFileURL(join(import.meta.dirname, 'live-transfer.ts')).href

/**
 * Goal: no hole in a received file where the disk becomes full.
 * Method: another process may write 64 blocks of 512 or 1,024 bytes to a file. The system takes a part of the piece that
 * crosses the bound, and says so by a number only.
 */
test('a piece that the disk takes only a part of is an error', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ampoule-live-'))
  const script = `
    import { LiveTransfer } from ${JSON.stringify(MODULE)}
    const live = new LiveTransfer({ startedAt: 0, isOutgoing: false, file: { transferredBytes: 0 } }, 1, undefined)
    live.writeTo(${JSON.stringify(join(folder, 'in'))})
    try {
      for (let position = 0; position < 200_000; position += 1_371) {
        live.write(position, new Uint8Array(1_371))
        console.log(position)
      }
    } catch (error) {
      console.log(error.code)
    }`
  try {
    const inShell = ['-c', 'ulimit -f 64; exec "$0" "$@"', process.execPath, '--input-type=module', '-e', script]
    const lines = execFileSync('sh', inShell, { encoding: 'utf8' }).trim().split('\n')
    const wholePieces = [32_768, 65_536].map((bytes) => Math.floor(bytes / 1_371))
    expect(lines.at(-1)).toBe('EFBIG')
    expect(wholePieces).toContain(lines.length - 1)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
