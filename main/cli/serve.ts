import process from 'node:process'
import { wipe } from '../base/bytes.ts'
import { Desk } from '../host/desk.ts'
import { createLog } from '../host/log.ts'
import { asCommandError, CommandError } from './command-error.ts'
import { endAsked } from './end-signals.ts'
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
  'await-account': { type: 'boolean', default: false },
  stdio: { type: 'boolean', default: false },
} as const

/** `ampoule serve`: one user's host, spoken to over standard input and output until they close or ask it to quit. */
export async function runServe(args: readonly string[]): Promise<number> {
  const values = parseOptions(args, OPTIONS)
  if (values.profile === undefined) throw new CommandError('--profile DIR is needed')
  if (!values.stdio) throw new CommandError('--stdio is needed: for a face there is ampoule web')
  const udpPort = parsePort(values['udp-port'])
  const bootstrap = values.bootstrap.map(parseBootstrap)
  const storageBytes = values.storage === undefined ? undefined : parseSize(values.storage)
  const passphrase = values['passphrase-file'] === undefined ? undefined : readPassphrase(values['passphrase-file'])
  const scope = commandScope()
  const pipe = new LinePipe(process.stdin, process.stdout)
  const stopped = new Promise<void>((resolve) => {
    endAsked(resolve)
  })
  const desk = new Desk({
    profileFolder: values.profile,
    udpPort,
    ...(bootstrap.length > 0 ? { bootstrap } : {}),
    lanDiscovery: !values['no-lan'],
    storageBytes,
    scope,
    log: createLog({ level: 'warn' }),
    shell: 'stdio',
  })
  if (values['await-account']) desk.begin()
  else await openAtOnce(desk, passphrase, pipe)
  desk.attach(pipe)
  await Promise.race([pipe.ended, stopped, desk.quitAsked])
  await desk.stop()
  pipe.close()
  return desk.hasFailed ? 1 : 0
}

async function openAtOnce(desk: Desk, passphrase: Uint8Array | undefined, pipe: LinePipe): Promise<void> {
  try {
    await desk.openOrCreate(passphrase)
  } catch (error) {
    pipe.close()
    throw asCommandError(error)
  } finally {
    if (passphrase) wipe(passphrase)
  }
}
