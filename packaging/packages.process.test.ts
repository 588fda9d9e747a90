import { extractAll, listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PackagedProject, ROOT } from './test-packages.ts'

/**
 * Goal: a package holds what the app needs, nothing else, and is turned to the safe side.
 * Method: the real configuration and the real build, packed for Linux around a stand-in for Electron's own folder.
 */
const project = new PackagedProject()
afterAll(() => project.remove())

let app = ''
let files: string[] = []
beforeAll(() => {
  project.build()
  app = project.packForLinux()
  files = listPackage(join(app, 'resources/app.asar'), { isPack: false }).map((path) => path.replaceAll('\\', '/'))
})

test('the configuration is one that electron-builder accepts for every target', async () => {
  const { getConfig, validateConfiguration, DebugLogger } = builder()
  const config = await getConfig(ROOT, null, null)
  await expect(validateConfiguration(config, new DebugLogger(false))).resolves.toBeUndefined()
  await expect(validateConfiguration({ ...config, npmRebuilt: 1 }, new DebugLogger(false))).rejects.toThrow(
    'npmRebuilt',
  )
  expect(config).toMatchObject({
    npmRebuild: false,
    linux: { target: ['AppImage', 'deb'] },
    win: { target: 'nsis' },
    mac: { target: [{ target: 'dmg', arch: 'universal' }] },
    protocols: [{ schemes: ['tox'] }],
    fileAssociations: [{ ext: 'tox' }],
    // Named, and nobody is asked there: below.
    publish: { provider: 'generic' },
  })
})

test('the archive holds main, worker, preload and page', () => {
  const needed = ['package.json', 'dist/main/main.js', 'dist/preload/preload.cjs', 'dist/renderer/index.html']
  for (const path of [...needed, 'resources/icon.png', 'resources/tray.png']) expect(files).toContain(`/${path}`)
  const { main } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { main: string }
  expect(files).toContain(`/${main}`)
})

test('no source, test, map or drawing is in it', () => {
  const strays = /\.(?:ts|tsx|map|svg|ico|icns|cc|gyp|md)$|\.test\.|\/(?:test|tests|e2e|bench|docs|source)\//
  expect(files.filter((path) => !path.startsWith('/dist/renderer/') && strays.test(path))).toEqual([])
  expect(files.filter((path) => /\.(?:ts|tsx|map)$/.test(path))).toEqual([])
})

test('of all packages only those with native code are in it, and what they load', () => {
  const packages = new Set(files.flatMap((path) => /^\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []))
  expect([...packages].sort()).toEqual([
    'bare-addon-resolve',
    'bare-module-resolve',
    'bare-semver',
    'better-sqlite3',
    'require-addon',
    'sodium-native',
    'which-runtime',
  ])
})

test('native files lie beside the archive, for this platform alone', () => {
  const natives = files.filter((path) => path.endsWith('.node'))
  expect([...natives].sort()).toEqual([
    '/node_modules/better-sqlite3/prebuilds/linux-x64.node',
    '/node_modules/sodium-native/prebuilds/linux-x64/sodium-native.node',
  ])
  for (const path of [...natives, '/dist/main/solver-worker.js', '/dist/main/sha512d.wasm']) {
    expect(existsSync(join(app, 'resources/app.asar.unpacked', path)), path).toBe(true)
  }
})

test('native packages load from where they were packed', () => {
  const load = createRequire(join(unpacked(), 'dist/main/main.js'))
  const sqlite = load('better-sqlite3') as new (path: string) => { prepare(sql: string): { get(): unknown } }
  expect(new sqlite(':memory:').prepare('SELECT 1 AS one').get()).toEqual({ one: 1 })
  expect(load('sodium-native')).toHaveProperty('crypto_secretbox_easy')
})

test('the worker runs by itself beside the archive, and finds what it loads', async () => {
  const control = new Int32Array(new SharedArrayBuffer(64))
  const worker = new Worker(pathToFileURL(join(app, 'resources/app.asar.unpacked/dist/main/solver-worker.js')), {
    workerData: { control },
  })
  const done = await new Promise<unknown>((resolve, reject) => {
    worker.on('message', resolve)
    worker.on('error', reject)
    const puzzle = { algorithm: 1, puzzleHash: new Uint8Array(64), threshold: 2 ** 48, trialsMax: 8 }
    worker.postMessage({ kind: 'puzzle', run: 1, ...puzzle })
  })
  await worker.terminate()
  // Below 2^48 is every trial of 48 bits: the first nonce solves it.
  expect(done).toMatchObject({ kind: 'done', run: 1, nonce: 0 })
})

test('every fuse is turned as the configuration says', async () => {
  const wire = await getCurrentFuseWire(join(app, 'ampoule'))
  const { ENABLE, DISABLE } = FuseState
  expect(wire).toMatchObject({
    [FuseV1Options.RunAsNode]: DISABLE,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: DISABLE,
    [FuseV1Options.EnableNodeCliInspectArguments]: DISABLE,
    [FuseV1Options.EnableCookieEncryption]: ENABLE,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: ENABLE,
    [FuseV1Options.OnlyLoadAppFromAsar]: ENABLE,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: DISABLE,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: DISABLE,
  })
})

test('nothing in the app asks for updates', () => {
  const programs = files.filter((path) => /^\/dist\/(?:main|preload)\/.*js$/.test(path))
  expect(programs.length).toBeGreaterThan(2)
  for (const path of programs) {
    expect(readFileSync(join(unpacked(), path), 'utf8'), path).not.toMatch(
      /autoUpdater|electron-updater|app-update\.yml/,
    )
  }
  expect(readdirSync(join(app, 'locales')).sort()).toEqual(['de.pak', 'en-US.pak'])
})

interface Builder {
  readonly getConfig: (root: string, path: null, options: null) => Promise<object>
  readonly validateConfiguration: (config: object, log: object) => Promise<void>
  readonly DebugLogger: new (isEnabled: boolean) => object
}

/** The parts of electron-builder that read and check a configuration; they belong to its own packages, not to ours. */
function builder(): Builder {
  const load = createRequire(createRequire(import.meta.url).resolve('electron-builder'))
  const config = load('app-builder-lib/out/util/config/config.js') as Omit<Builder, 'DebugLogger'>
  return { ...config, ...(load('builder-util') as Pick<Builder, 'DebugLogger'>) }
}

let unpackedFolder: string | undefined
/** The whole archive as a folder: Electron reads it in place, Node does not. */
function unpacked(): string {
  if (unpackedFolder === undefined) {
    unpackedFolder = join(project.path, 'unpacked')
    extractAll(join(app, 'resources/app.asar'), unpackedFolder)
  }
  return unpackedFolder
}
