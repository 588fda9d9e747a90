import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'

export const ROOT = resolve(import.meta.dirname, '..')

/** What @electron/fuses looks for in the program, then version 1, and how many fuses follow. */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const FUSE_COUNT = 9

/** A project of its own with the real configuration and the real build, so that nothing is written into the clone. */
export class PackagedProject {
  readonly path = mkdtempSync(join(tmpdir(), 'ampoule-package-'))

  constructor() {
    for (const name of ['package.json', 'electron-builder.yml', 'resources']) {
      cpSync(join(ROOT, name), join(this.path, name), { recursive: true })
    }
    for (const folder of productionPackages()) cpSync(join(ROOT, folder), join(this.path, folder), { recursive: true })
  }

  /** Builds main, worker, preload and page into the project. */
  build(): void {
    const dist = join(this.path, 'dist')
    run('electron-vite/bin/electron-vite.js', ['build', '--logLevel', 'error', '--outDir', dist], ROOT)
    run('vite/bin/vite.js', ['build', '--logLevel', 'error', '--outDir', join(dist, 'renderer')], ROOT)
  }

  /** Packs for Linux around a stand-in for Electron's own folder. Returns the folder of the app. */
  packForLinux(): string {
    const electron = join(this.path, 'stand-in')
    mkdirSync(join(electron, 'locales'), { recursive: true })
    writeFileSync(join(electron, 'electron'), standInProgram(), { mode: 0o755 })
    for (const name of ['LICENSE', 'LICENSES.chromium.html', 'locales/de.pak', 'locales/en-US.pak', 'locales/fr.pak']) {
      writeFileSync(join(electron, name), name)
    }
    const settings = [`-c.electronDist=${electron}`, '-c.electronVersion=45.4.1', '--publish', 'never']
    run('electron-builder/cli.js', ['--linux', 'dir', '--x64', '--projectDir', this.path, ...settings], this.path)
    return join(this.path, 'dist/packages/linux-unpacked')
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/**
 * Folders of all packages that the app needs when it runs, as `npm ci --omit=dev` would install them. They are copied:
 * behind a link npm does not find what they depend on. Left out is Node itself, which Electron brings.
 */
function productionPackages(): string[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as PackageLock // Written by npm alone.
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
    .map(([path]) => path)
    .filter((path) => existsSync(join(ROOT, path)) && !path.startsWith('node_modules/node-'))
}

interface PackageLock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>
}

/** A program that does nothing but hold a fuse wire on which every fuse stands the other way round. */
function standInProgram(): Uint8Array {
  const wire = Buffer.concat([Buffer.from(FUSE_SENTINEL), Buffer.from([1, FUSE_COUNT]), Buffer.from('101100011')])
  return Buffer.concat([Buffer.alloc(4_096, 'electron '), wire, Buffer.alloc(4_096, ' electron')])
}

function run(script: string, args: readonly string[], folder: string): void {
  const result = spawnSync(process.execPath, [join(ROOT, 'node_modules', script), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  })
  if (result.error) throw result.error
  if (result.status !== 0) throw new Error(`${script} ended with ${result.status}:\n${result.stdout}\n${result.stderr}`)
}
