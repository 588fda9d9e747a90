#!/usr/bin/env node
/**
 * `npm start`: opens the app, in Electron where its binary is installed, else in the browser. Plain JavaScript for Node 20.
 *
 * --demo   instead: ten storage nodes, Alice and Bob on this machine, in two tabs
 */
import { spawn } from 'node:child_process'
import { electronBinary } from './electron-binary.js'
import { exitWith, prepare, PROJECT_ROOT } from './prepare.js'
import { standIn } from './restart.js'
import { runProgram } from './run-program.js'

const ELECTRON_HINT =
  'this is Ampoule in the browser; `npm run electron:install` gets Electron, once, for a window of its own'

/** @param {string[]} args */
async function start(args) {
  if (args.includes('--demo')) {
    prepare(undefined, undefined, ['renderer'])
    await runProgram(['demo', '--apps', ...args.filter((arg) => arg !== '--demo')])
    return
  }
  prepare()
  const electron = electronBinary(PROJECT_ROOT, process.platform)
  if (electron === undefined) {
    prepare(undefined, undefined, ['renderer'])
    process.stderr.write(`ampoule: ${ELECTRON_HINT}\n`)
    await runProgram(['web', ...args])
    return
  }
  prepare(undefined, undefined, ['renderer', 'electron'])
  standIn(spawn(electron, [PROJECT_ROOT, ...args], { stdio: 'inherit' }), 'Electron')
}

try {
  await start(process.argv.slice(2))
} catch (error) {
  exitWith(error)
}
