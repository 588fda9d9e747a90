import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')

/** Of the packages that are only there to build: those whose code is in the built renderer, or which are the shell. */
const BUILT_IN = [
  'react',
  'react-dom',
  'zustand',
  '@base-ui/react',
  'virtua',
  'lucide-react',
  'qr',
  'frimousse',
  'emojibase-data',
  'uplot',
  'linkifyjs',
  'use-intl',
  'electron',
]

export interface Library {
  readonly name: string
  readonly version: string
  readonly licence: string
}

/** What the app is made of: read where packages are installed, since a packaged app has only some of them. */
export function installedLibraries(): Library[] {
  const manifest = readJson('package.json')
  const dependencies = Object.keys(manifest['dependencies'] as Record<string, string>)
  const dev = manifest['devDependencies'] as Record<string, string>
  const names = [...dependencies, ...BUILT_IN.filter((name) => name in dev)]
  return names.toSorted().map((name) => {
    const { version, license } = readJson(join('node_modules', name, 'package.json'))
    return { name, version: String(version), licence: String(license) }
  })
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Record<string, unknown>
}

if (import.meta.main) {
  writeFileSync(join(ROOT, 'main/host/libraries.json'), `${JSON.stringify(installedLibraries(), undefined, 2)}\n`)
}
