import process from 'node:process'
import { contract } from '../../shared/api/contract.ts'
import { createPipeEmitters, serve } from '../../shared/api/rpc.ts'
import { wipe } from '../base/bytes.ts'
import { publicBootstrapNodes } from '../driver/bootstrap-nodes.ts'
import { AppHost } from '../host/app-host.ts'
import { createLog } from '../host/log.ts'
import { asCommandError, CommandError } from './command-error.ts'
import { LinePipe } from './line-pipe.ts'
import { parseBootstrap, parseOptions, parsePort, parseSize, readPassphrase } from './options.ts'
import { commandScope } from './scope.ts'

const OPTIONS = {
  profile: { type: 'string' },
  'udp-port': { type: 'string', default: '0' },
  bootstrap: { type: 'string', multiple: true, default: [] as string[] },
  'no-lan': { type: 'boolean', default: false },
  storage: { type: 'string' },
  'passphrase-file': { type: 'string' },
  stdio: { type: 'boolean', default: false },
} as const

/** `ampoule serve`: one user's host, spoken to over standard input and output until they close or ask it to quit. */
export async function runServe(args: readonly string[]): Promise<number> {
  const values = parseOptions(args, OPTIONS)
  if (values.profile === undefined) throw new CommandError('--profile DIR is needed')
  if (!values.stdio) throw new CommandError('--stdio is needed: there is no other way to speak to it yet')
  const udpPort = parsePort(values['udp-port'])
  const bootstrap = values.bootstrap.map(parseBootstrap)
  const storageBytes = values.storage === undefined ? undefined : parseSize(values.storage)
  const passphrase = values['passphrase-file'] === undefined ? undefined : readPassphrase(values['passphrase-file'])
  const scope = commandScope()
  const log = createLog({ level: 'warn' })
  const pipe = new LinePipe(process.stdin, process.stdout)
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
  const host = await AppHost.start({
    profileFolder: values.profile,
    passphrase,
    udpPort,
    bootstrap: bootstrap.length > 0 ? bootstrap : publicBootstrapNodes(scope),
    lanDiscovery: !values['no-lan'],
    storageBytes,
    scope,
    log,
    emit: createPipeEmitters(contract, pipe),
  })
    .catch((error: unknown) => {
      pipe.close()
      throw asCommandError(error)
    })
    .finally(() => passphrase && wipe(passphrase))
  serve(contract, host.handlers, pipe, (error) => {
    log.write('error', error instanceof Error ? (error.stack ?? error.message) : String(error))
  })
  await Promise.race([pipe.ended, stopped, host.quitAsked])
  await host.stop()
  pipe.close()
  return host.hasFailed ? 1 : 0
}
