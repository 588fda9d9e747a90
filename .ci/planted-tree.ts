import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')

const SETTINGS = [
  '.gitignore',
  '.ci/layers.ts',
  'biome.json',
  'knip.json',
  'oxlint.config.ts',
  'package.json',
  'tsconfig.base.json',
  'tsconfig.json',
  'tsconfig.machines.json',
  'tsconfig.node.json',
  'tsconfig.renderer.json',
  'tsconfig.shared.json',
]

export interface Finding {
  readonly rule: string
  readonly file: string
  /** From 1. */
  readonly line: number
  /** What the person who broke the rule gets to read. */
  readonly text: string
}

/** A temporary copy of the project's settings with files planted in it, to show that the fences bite. */
export class PlantedTree {
  readonly path = mkdtempSync(join(tmpdir(), 'ampoule-fences-'))

  constructor(files: ReadonlyMap<string, string>) {
    for (const name of SETTINGS) cpSync(join(ROOT, name), join(this.path, name), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(this.path, 'node_modules'))
    for (const [name, text] of files) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true })
      writeFileSync(join(this.path, name), text)
    }
  }

  lint(): Finding[] {
    const { stdout } = this.#run('oxlint/bin/oxlint', ['--format', 'json'])
    // The shape of oxlint's own report; a change of it fails these tests, never passes them.
    const report = JSON.parse(stdout) as { diagnostics: OxlintDiagnostic[] }
    return report.diagnostics.map(({ code, filename, message, help, labels }) => ({
      rule: code,
      file: filename,
      line: labels[0]?.span.line ?? 1,
      text: `${message} ${help ?? ''}`,
    }))
  }

  /** What tsc says about one project, for example `tsconfig.machines.json`. */
  types(project: string): Finding[] {
    const { stdout } = this.#run('typescript/bin/tsc', ['-p', project, '--pretty', 'false'])
    return [...stdout.matchAll(/^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/gm)].map(([, file, line, rule, text]) => ({
      rule: rule ?? '',
      file: file ?? '',
      line: Number(line),
      text: text ?? '',
    }))
  }

  /** Dead code as knip reports it, one line each. */
  deadCode(): string {
    return this.#run('knip/bin/knip.js', ['--no-progress', '--no-config-hints', '--reporter', 'compact']).stdout
  }

  /** Files that are not formatted as the project wants. */
  unformatted(...files: string[]): string {
    return this.#run('@biomejs/biome/bin/biome', ['format', '--colors=off', ...files]).stderr
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }

  #run(tool: string, args: string[]): { stdout: string; stderr: string } {
    return runTool(this.path, tool, args)
  }
}

/** Every file that tsc reads for one project of the real tree, relative to its root. */
export function projectFiles(project: string): string[] {
  const { stdout } = runTool(ROOT, 'typescript/bin/tsc', ['-p', project, '--listFilesOnly'])
  const paths = stdout.split('\n').filter((path) => path !== '')
  return paths.map((path) => relative(ROOT, path))
}

function runTool(folder: string, tool: string, args: string[]): { stdout: string; stderr: string } {
  const script = join(ROOT, 'node_modules', tool)
  const settings = { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 } as const
  const result = spawnSync(process.execPath, [script, ...args], settings)
  if (result.error) throw result.error
  return result
}

interface OxlintDiagnostic {
  readonly code: string
  readonly filename: string
  readonly message: string
  readonly help?: string
  readonly labels: readonly { readonly span: { readonly line: number } }[]
}
