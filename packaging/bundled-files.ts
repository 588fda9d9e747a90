import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { build, type Plugin, type Rollup } from 'vite'

/** Packages with native code: they stay packages, and their binaries lie beside the archive. */
export const NATIVE_PACKAGES = ['better-sqlite3', 'sodium-native'] as const

const FILE_URL = /new URL\('(\.{1,2}\/[^']+)', import\.meta\.url\)/g

/** Electron's archive cannot be read by a worker's own loader: such files lie in the folder beside it. */
const BESIDE_THE_ARCHIVE = String.raw`import.meta.url.replace(/app\.asar(?=\/)/, 'app.asar.unpacked')`

interface EmittedFile {
  readonly fileName: string
  readonly source: string | Uint8Array
}

/**
 * Makes `new URL('./x', import.meta.url)` true in the bundle, as it is in the sources: a TypeScript file becomes a
 * program of its own with all it needs (a worker), any other is copied. They lie beside the bundle under their own names.
 */
export function bundledFiles(): Plugin {
  return {
    name: 'ampoule:bundled-files',
    enforce: 'pre',
    async transform(code, id) {
      const names = [...code.matchAll(FILE_URL)].map(([, name]) => name ?? '')
      if (names.length === 0) return undefined
      for (const name of names) {
        for (const file of await filesOf(resolve(dirname(id), name))) this.emitFile({ type: 'asset', ...file })
      }
      return code.replace(FILE_URL, (_, name: string) => `new URL('./${outputName(name)}', ${BESIDE_THE_ARCHIVE})`)
    },
  }
}

async function filesOf(path: string): Promise<EmittedFile[]> {
  if (!path.endsWith('.ts')) return [{ fileName: basename(path), source: readFileSync(path) }]
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    plugins: [bundledFiles()],
    ssr: { noExternal: true, external: [...NATIVE_PACKAGES] },
    build: {
      ssr: path,
      write: false,
      ssrEmitAssets: true,
      target: 'node24',
      minify: true,
      rolldownOptions: { output: { format: 'es', entryFileNames: outputName(path), codeSplitting: false } },
    },
  })
  return outputsOf(built).map((file) => ({
    fileName: file.fileName,
    source: file.type === 'chunk' ? file.code : file.source,
  }))
}

function outputsOf(built: Awaited<ReturnType<typeof build>>): Rollup.RollupOutput['output'][number][] {
  if (!Array.isArray(built) && 'output' in built) return built.output
  throw new Error('a build that is written nowhere gave no output')
}

function outputName(path: string): string {
  return basename(path).replace(/\.ts$/, '.js')
}
