/** Runs a program under another Node as if it were this process. Plain JavaScript for Node 20. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** @type {readonly NodeJS.Signals[]} */
const PASSED_ON = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']

/**
 * Starts `node script ...args` with our standard streams, passes signals on to it, and ends as it ends.
 *
 * If this process is killed without warning, so is the program (follow-parent.js): nothing is left behind.
 *
 * @param {string} node
 * @param {string} script
 * @param {string[]} args
 */
export function restartUnder(node, script, args) {
  const follow = fileURLToPath(new URL('./follow-parent.js', import.meta.url))
  standIn(spawn(node, ['--import', follow, script, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] }), node)
}

/**
 * Stands before a program as if it were this process: passes signals on to it, and ends as it ends.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} name
 */
export function standIn(child, name) {
  for (const signal of PASSED_ON) {
    process.on(signal, () => {
      // A terminal sends Ctrl+C to both of us; passed on as well it would count twice.
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    })
  }
  child.on('error', (error) => {
    process.stderr.write(`ampoule: ${name} cannot be started: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    for (const passedOn of PASSED_ON) process.removeAllListeners(passedOn)
    process.kill(process.pid, signal)
  })
}
