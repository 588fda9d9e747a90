/**
 * Who may import whom: the one table behind the lint configuration and the test that shows each row bites.
 * docs/ARCHITECTURE.md explains it; a change here is a change of architecture.
 */

/** One folder of the tree. Folders are named without `main/`, as the table in docs/ARCHITECTURE.md does. */
export interface Layer {
  readonly folder: string
  /** Other layers, or single files of them, that it may import. Anything not named is forbidden. */
  readonly mayImport: readonly string[]
  /** npm packages and Node modules that this layer may load and, unless another row names them too, nobody else. */
  readonly owns?: readonly string[]
  /** Protocol code: no package, no Node, no clock, no chance of its own. */
  readonly isMachine?: true
}

const MACHINES = ['base', 'crypto', 'wire', 'pow', 'tox', 'ring', 'storage', 'offline', 'engine']
const ALL_BELOW_SHELLS = [...MACHINES, 'driver', 'sim', 'db', 'host', 'daemon', 'cli', 'interop', 'shared']

export const LAYERS: readonly Layer[] = [
  { folder: 'shared', mayImport: [], owns: ['zod'] },
  { folder: 'base', mayImport: [], isMachine: true },
  { folder: 'crypto', mayImport: ['base'], isMachine: true },
  { folder: 'wire', mayImport: ['base', 'crypto'], isMachine: true },
  { folder: 'pow', mayImport: ['base', 'crypto'], isMachine: true },
  { folder: 'tox', mayImport: ['base', 'crypto', 'wire'], isMachine: true },
  { folder: 'ring', mayImport: ['base', 'crypto', 'wire'], isMachine: true },
  { folder: 'storage', mayImport: ['base', 'crypto', 'wire', 'pow', 'ring'], isMachine: true },
  { folder: 'offline', mayImport: ['base', 'crypto', 'wire', 'tox', 'storage'], isMachine: true },
  { folder: 'engine', mayImport: MACHINES.filter((folder) => folder !== 'engine'), isMachine: true },
  {
    folder: 'driver',
    mayImport: ['base', 'pow', 'engine', 'crypto/sodium.ts'],
    owns: ['node:dgram', 'node:dns', 'node:dns/promises'],
  },
  { folder: 'sim', mayImport: MACHINES },
  { folder: 'db', mayImport: ['base', 'shared', 'storage'], owns: ['better-sqlite3'] },
  { folder: 'host', mayImport: ['base', 'crypto', 'engine', 'driver', 'db', 'shared'], owns: ['pino'] },
  {
    folder: 'electron',
    mayImport: ['base', 'host', 'shared', 'driver/bootstrap-nodes.ts'],
    owns: ['electron', 'pino'],
  },
  { folder: 'daemon', mayImport: ['base', 'host', 'shared'], owns: ['ws', 'node:http', 'pino'] },
  { folder: 'cli', mayImport: ['base', 'host', 'daemon', 'driver', 'shared'], owns: ['pino'] },
  { folder: 'interop', mayImport: ALL_BELOW_SHELLS.filter((folder) => folder !== 'interop'), owns: ['node:dgram'] },
  { folder: 'preload', mayImport: ['shared'], owns: ['electron'] },
  {
    folder: 'renderer',
    mayImport: ['shared'],
    owns: [
      'react',
      'react-dom',
      'zustand',
      '@base-ui/react',
      'lucide-react',
      'virtua',
      'qr',
      'linkifyjs',
      'frimousse',
      'uplot',
      'zod',
    ],
  },
  { folder: 'e2e', mayImport: ['shared'], owns: ['playwright', '@playwright/test', '@sparticuz/chromium'] },
  { folder: 'packaging', mayImport: ['e2e'], owns: ['@electron/asar', '@electron/fuses'] },
  {
    folder: 'bench',
    // The app is measured as the journeys walk through it.
    mayImport: [...ALL_BELOW_SHELLS, 'e2e'],
    owns: ['node:dgram', 'node:worker_threads', 'pino', '@playwright/test'],
  },
]

/** The one machine file that loads packages: the machines see libsodium, in both builds, only through it. */
export const CRYPTO_LIBRARY = {
  file: 'main/crypto/sodium.ts',
  packages: ['libsodium-wrappers', 'sodium-native'],
} as const

/** The files of `pow` that run worker threads under Node. All others there are machines. */
export const SOLVER = {
  files: 'main/pow/solver-*.ts',
  specifier: '/pow/solver-',
  owns: ['node:worker_threads'],
} as const

/** Nobody opens sockets but the driver (UDP) and the daemon (HTTP on loopback), and nobody evaluates text. */
export const FORBIDDEN_TO_ALL = ['node:net', 'node:tls', 'node:http2', 'node:https', 'node:vm', 'node:inspector']

const TOP_LEVEL = ['shared', 'preload', 'renderer', 'e2e', 'packaging', 'bench']

/** Where a layer lies: `ring` → `main/ring`, `shared` → `shared`. */
export function pathOf(folder: string): string {
  return TOP_LEVEL.includes(folder) ? folder : `main/${folder}`
}

/** Every package or Node module that some row owns. */
export function ownedPackages(): string[] {
  return [...new Set([...CRYPTO_LIBRARY.packages, ...SOLVER.owns, ...LAYERS.flatMap((layer) => layer.owns ?? [])])]
}

/** Whole layers that `layer` may not import; those of which it may import single files are not among them. */
export function forbiddenLayers(layer: Layer): string[] {
  const open = new Set([layer.folder, ...layer.mayImport.map((entry) => entry.split('/')[0])])
  return LAYERS.map(({ folder }) => folder).filter((folder) => !open.has(folder))
}

/** What tests of a layer may import: the row, and everything that its layers rest on. */
export function forTests(layer: Layer): Layer {
  const reached = new Set<string>([layer.folder])
  const queue = [...layer.mayImport]
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    const folder = entry.split('/')[0] ?? entry
    if (reached.has(folder)) continue
    reached.add(folder)
    queue.push(...(LAYERS.find((lower) => lower.folder === folder)?.mayImport ?? []))
  }
  reached.delete(layer.folder)
  return { folder: layer.folder, mayImport: [...reached] }
}
