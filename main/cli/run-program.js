/** Runs main/cli/main.ts under a Node that strips types. Plain JavaScript for Node 20. */
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { compileCache, projectNode, runsTypeScript } from './prepare.js'
import { restartUnder } from './restart.js'

const PROGRAM = new URL('./main.ts', import.meta.url)

/**
 * In this process where its Node can, else in another that takes this one's place.
 *
 * @param {string[]} args
 */
export async function runProgram(args) {
  // Stripping types costs half a second of each start; what was stripped once is found again.
  process.env['NODE_COMPILE_CACHE'] ??= compileCache()
  if (!runsTypeScript(process.version)) {
    restartUnder(projectNode(), fileURLToPath(PROGRAM), args)
    return
  }
  module.enableCompileCache?.(compileCache())
  // The program reads its arguments as if it had been started itself.
  process.argv.splice(2, process.argv.length, ...args)
  await import(PROGRAM.href)
}
