import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const MAKER = resolve(import.meta.dirname, '../../main/host/test-big-profile.ts')

/** Makes a profile of Lena, who has written 100,000 messages with "Friend 1"; each begins with its number. */
export async function makeBigProfile(folder: string): Promise<void> {
  await promisify(execFile)(process.execPath, [MAKER, folder])
}
