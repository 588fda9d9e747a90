#!/usr/bin/env node
/**
 * The entry of the command line: prepares the clone, then runs main/cli/main.ts under a Node that strips types.
 * Plain JavaScript for Node 20.
 */
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { compileCache, exitWith, prepare, projectNode, runsTypeScript } from './prepare.js'
import { restartUnder } from './restart.js'

const program = new URL('./main.ts', import.meta.url)

try {
  prepare()
  // Stripping types costs half a second of each start; what was stripped once is found again.
  process.env['NODE_COMPILE_CACHE'] ??= compileCache()
  if (runsTypeScript(process.version)) {
    module.enableCompileCache?.(compileCache())
    await import(program.href)
  } else restartUnder(projectNode(), fileURLToPath(program), process.argv.slice(2))
} catch (error) {
  exitWith(error)
}
