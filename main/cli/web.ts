import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import { openInBrowser } from '../daemon/browser.ts'
import { Daemon, type DaemonOptions } from '../daemon/daemon.ts'
import { webFolderOf } from '../daemon/web-folder.ts'
import { takeWebTurn } from '../daemon/web-turn.ts'
import { createDesk, type DeskOptions } from '../host/desk.ts'
import { createLog } from '../host/log.ts'
import { defaultProfileFolder } from '../host/profile-place.ts'
import { asCommandError, CommandError } from './command-error.ts'
import { endAsked } from './end-signals.ts'
import { parseBootstrap, parseOptions, parsePort, parseSize } from './options.ts'
import { commandScope } from './scope.ts'

const RENDERER = resolve(import.meta.dirname, '../../dist/renderer')

const OPTIONS = {
  profile: { type: 'string' },
  'udp-port': { type: 'string' },
  'http-port': { type: 'string' },
  bootstrap: { type: 'string', multiple: true, default: [] as string[] },
  storage: { type: 'string' },
  'no-lan': { type: 'boolean', default: false },
  'no-open': { type: 'boolean', default: false },
} as const

/** `ampoule web`: the app in the browser of whoever sits at this computer, until it is asked to quit. */
export async function runWeb(args: readonly string[]): Promise<number> {
  const values = parseOptions(args, OPTIONS)
  const profileFolder = resolve(values.profile ?? defaultProfileFolder())
  const folder = webFolderOf(profileFolder)
  const httpPort = values['http-port'] === undefined ? undefined : parsePort(values['http-port'])
  const host = hostOptions(values)
  const show = (link: string): void => {
    process.stdout.write(`Ampoule is at ${link}\n`)
    if (!values['no-open']) openInBrowser(link)
  }
  // Before anything else: what lies in the folder belongs to whoever runs on it.
  const turn = await takeWebTurn(folder).catch((error: unknown) => {
    throw asCommandError(error)
  })
  if (turn.kind === 'running') {
    show(turn.link)
    return 0
  }
  try {
    return await serveDesk({ ...host, profileFolder, shell: 'web' }, { folder, httpPort }, show)
  } finally {
    turn.release()
  }
}

/** Serves until it is asked to end; returns the exit code. */
async function serveDesk(
  options: Omit<DeskOptions, 'log'>,
  place: Pick<DaemonOptions, 'folder' | 'httpPort'>,
  show: (link: string) => void,
): Promise<number> {
  if (!existsSync(resolve(RENDERER, 'index.html')))
    throw new CommandError('the page is not built: npm run build:renderer')
  const log = createLog({ level: 'warn' })
  const stopped = new Promise<void>((resolveStopped) => {
    endAsked(resolveStopped)
  })
  const desk = createDesk({ ...options, log })
  const attach = desk.attach.bind(desk)
  const daemon = await Daemon.start({ attach, rendererFolder: RENDERER, ...place, log }).catch(async (error) => {
    await desk.stop()
    throw asCommandError(error)
  })
  show(daemon.link)
  await Promise.race([stopped, desk.quitAsked])
  await desk.stop()
  await daemon.stop()
  return desk.hasFailed ? 1 : 0
}

interface NetworkValues {
  readonly 'udp-port'?: string | undefined
  readonly bootstrap: readonly string[]
  readonly storage?: string | undefined
  readonly 'no-lan': boolean
}

/** What was asked for; anything else is as the settings say. */
function hostOptions(values: NetworkValues) {
  const bootstrap = values.bootstrap.map(parseBootstrap)
  return {
    scope: commandScope(),
    lanDiscovery: !values['no-lan'],
    ...(bootstrap.length > 0 ? { bootstrap } : {}),
    ...(values['udp-port'] === undefined ? {} : { udpPort: parsePort(values['udp-port']) }),
    ...(values.storage === undefined ? {} : { storageBytes: parseSize(values.storage) }),
  }
}
