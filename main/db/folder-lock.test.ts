import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FolderLock } from './folder-lock.ts'

test('one instance has a folder, until it lets go or its process ends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ampoule-lock-'))
  try {
    const module = new URL('./folder-lock.ts', import.meta.url).href
    const script = `import { FolderLock } from ${JSON.stringify(module)}
      if (!FolderLock.take(${JSON.stringify(folder)})) process.exit(1)
      process.kill(process.pid, 'SIGKILL')`
    expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', script])).toThrow('SIGKILL')
    const lock = FolderLock.take(folder)
    expect(lock).toBeDefined()
    expect(FolderLock.take(folder)).toBeUndefined()
    lock?.release()
    const again = FolderLock.take(folder)
    expect(again).toBeDefined()
    again?.release()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
