#!/usr/bin/env node
/**
 * The entry of the command line: prepares the clone, then runs main/cli/main.ts under a Node that strips types.
 * Plain JavaScript for Node 20.
 */
import { facesOf } from './faces.js'
import { exitWith, prepare } from './prepare.js'
import { runProgram } from './run-program.js'

try {
  const args = process.argv.slice(2)
  prepare(undefined, undefined, facesOf(args))
  await runProgram(args)
} catch (error) {
  exitWith(error)
}
