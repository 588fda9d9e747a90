#!/usr/bin/env node
/**
 * The entry of the command line: prepares the clone, then runs main/cli/main.ts under a Node that strips types.
 * Plain JavaScript for Node 20.
 */
import { fileURLToPath } from 'node:url'
import { exitWith, prepare, projectNode, runsTypeScript } from './prepare.js'
import { restartUnder } from './restart.js'

const program = new URL('./main.ts', import.meta.url)

try {
  prepare()
  if (runsTypeScript(process.version)) await import(program.href)
  else restartUnder(projectNode(), fileURLToPath(program), process.argv.slice(2))
} catch (error) {
  exitWith(error)
}
