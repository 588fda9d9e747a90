import { resolve } from 'node:path'
import { type InlineConfig, type Rolldown, build } from 'vite'

const CONFIG = resolve(import.meta.dirname, '../../vite.config.ts')

/** The renderer as it is built for use, in memory alone. Where NODE_ENV is not `production` React's warnings come along. */
export class BuiltRenderer {
  readonly output: Rolldown.RolldownOutput['output']

  private constructor(output: Rolldown.RolldownOutput['output']) {
    this.output = output
  }

  static async build(config: Pick<InlineConfig, 'customLogger' | 'logLevel'>): Promise<BuiltRenderer> {
    const built = await build({ ...config, configFile: CONFIG, build: { write: false } })
    if (Array.isArray(built) || !('output' in built)) throw new Error('the renderer is built once, for one place')
    return new BuiltRenderer(built.output)
  }

  get page(): string {
    return this.textOf('index.html')
  }

  /** The page's own scripts and styles, and what those load at once. */
  get firstFiles(): string[] {
    const names = [...this.page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)]
    const known = new Set(names.map(([, name = '']) => name))
    for (const name of known) {
      const part = this.output.find(({ fileName }) => fileName === name)
      if (part?.type === 'chunk') for (const imported of part.imports) known.add(imported)
    }
    return [...known]
  }

  /** Throws Error if the build has no such file. */
  textOf(fileName: string): string {
    const part = this.output.find((candidate) => candidate.fileName === fileName)
    if (!part) throw new Error(`the build has no ${fileName}`)
    if (part.type === 'chunk') return part.code
    return typeof part.source === 'string' ? part.source : Buffer.from(part.source).toString('utf8')
  }
}
