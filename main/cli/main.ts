import process from 'node:process'
import { CommandError } from './command-error.ts'
import { runDemo } from './demo.ts'
import { asksForHelp } from './faces.js'
import { runNode } from './node.ts'
import { runServe } from './serve.ts'
import { runWeb } from './web.ts'

const USAGE = `Usage: ampoule <command> [options]

  ampoule node   [--udp-port N] [--storage 256MiB] [--bootstrap HOST:PORT:DHTKEY]... [--no-lan] [--data DIR]
                 a bootstrap and storage node; prints {"udpPort":N,"dhtKey":"HEX"}, ends at SIGTERM, SIGINT or SIGHUP
  ampoule serve  --profile DIR --stdio [--udp-port N] [--bootstrap HOST:PORT:DHTKEY]... [--no-lan]
                 [--storage SIZE] [--passphrase-file F] [--await-account]
                 one user without a face: JSON-RPC 2.0 on standard input and output, one object per line
  ampoule web    [--profile DIR] [--udp-port N] [--http-port N] [--bootstrap HOST:PORT:DHTKEY]... [--no-lan]
                 [--storage SIZE] [--no-open]
                 the app in your browser, for this computer alone; prints the link that opens it
  ampoule demo   [--times N]
                 the whole story on this machine: ten storage nodes, Alice and Bob
  ampoule demo   --apps [--no-open]
                 the same cast to play with: Alice and Bob, friends already, in two tabs of your browser

Sizes are bytes, or whole KiB, MiB or GiB. Port 0 picks a free one.
`

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  node: runNode,
  serve: runServe,
  web: runWeb,
  demo: runDemo,
}

/** Exit codes: 0 done, 1 failed, 2 a mistake in what was asked. */
async function run(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args
  if (name === '' || name === 'help' || asksForHelp([name])) {
    process.stdout.write(USAGE)
    return name === '' ? 2 : 0
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) throw new CommandError(`there is no command "${name}": see ampoule --help`)
  if (asksForHelp(rest)) {
    process.stdout.write(USAGE)
    return 0
  }
  return await command(rest)
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  const isOurs = error instanceof CommandError
  process.stderr.write(`ampoule: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = isOurs ? 2 : 1
}
