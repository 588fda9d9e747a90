import process from 'node:process'
import { publicBootstrapNodes } from '../driver/bootstrap-nodes.ts'
import { createLog } from '../host/log.ts'
import { NodeHost } from '../host/node-host.ts'
import { asCommandError } from './command-error.ts'
import { endAsked } from './end-signals.ts'
import { parseBootstrap, parseOptions, parsePort, parseSize } from './options.ts'
import { commandScope } from './scope.ts'

const OPTIONS = {
  'udp-port': { type: 'string', default: '33445' },
  storage: { type: 'string', default: '256MiB' },
  bootstrap: { type: 'string', multiple: true, default: [] as string[] },
  'no-lan': { type: 'boolean', default: false },
  data: { type: 'string' },
} as const

/** `ampoule node`: runs until SIGTERM, SIGINT or SIGHUP, then leaves cleanly within 5 s. */
export async function runNode(args: readonly string[]): Promise<number> {
  const values = parseOptions(args, OPTIONS)
  const udpPort = parsePort(values['udp-port'])
  const storageBytes = parseSize(values.storage)
  const bootstrap = values.bootstrap.map(parseBootstrap)
  const scope = commandScope()
  const log = createLog({ level: 'warn' })
  let end: (code: number) => void = () => {}
  const ended = new Promise<number>((resolve) => {
    end = resolve
  })
  endAsked(() => end(0))
  const host = await NodeHost.start({
    udpPort,
    storageBytes,
    bootstrap: bootstrap.length > 0 ? bootstrap : publicBootstrapNodes(scope),
    lanDiscovery: !values['no-lan'],
    dataFolder: values.data,
    scope,
    log,
    onFailure: (error) => {
      log.write('error', error instanceof Error ? (error.stack ?? error.message) : String(error))
      end(1)
    },
  }).catch((error: unknown) => {
    throw asCommandError(error)
  })
  process.stdout.write(`${JSON.stringify({ udpPort: host.udpPort, dhtKey: host.dhtKey })}\n`)
  const code = await ended
  await host.stop()
  return code
}
