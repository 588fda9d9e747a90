import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventLog } from './event-log.ts'
import { freeUdpPort } from './free-udp-port.ts'
import { buildLoopbackGuard } from './native-build.ts'
import { OwnedProcess } from './owned-process.ts'

const START_MS = 120_000

/** Where a DHT node answers: all that bootstrapping needs. */
export interface BootstrapPoint {
  readonly host: string
  readonly udpPort: number
  /** DHT public key, 64 upper-case hex digits. */
  readonly dhtKey: string
}

/** Debian's tox-bootstrapd on a free port of 127.0.0.1: UDP and IPv4 only, no LAN discovery, no TCP relay. */
export class Bootstrapd implements BootstrapPoint {
  readonly host = '127.0.0.1'
  readonly udpPort: number
  readonly dhtKey: string
  readonly #process: OwnedProcess
  readonly #folder: string

  private constructor(udpPort: number, dhtKey: string, owned: OwnedProcess, folder: string) {
    this.udpPort = udpPort
    this.dhtKey = dhtKey
    this.#process = owned
    this.#folder = folder
  }

  static async start(motd = 'ampoule interop'): Promise<Bootstrapd> {
    const folder = await mkdtemp(join(tmpdir(), 'ampoule-bootstrapd-'))
    await writeFile(join(folder, 'config'), configuration(folder, await freeUdpPort(), motd))
    const lines = new EventLog<string>()
    const owned = new OwnedProcess({
      command: 'tox-bootstrapd',
      args: ['--foreground', '--log-backend=stdout', `--config=${join(folder, 'config')}`],
      environment: { LD_PRELOAD: buildLoopbackGuard() },
      onLine: (line) => lines.push(line),
      onExit: (reason) => lines.close(reason),
    })
    try {
      const said = await lines.take('the public key', (line) => line.startsWith('Public Key: '), START_MS)
      const bound = await owned.stderrLine((line) => line.startsWith('loopback-guard: bound '), START_MS)
      return new Bootstrapd(Number(lastWord(bound)), lastWord(said), owned, folder)
    } catch (error) {
      await owned.stop('SIGKILL')
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Datagrams that it wanted to send beyond this machine. */
  get refusalCount(): number {
    return this.#process.refusalCount
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#process.stop(signal)
    await rm(this.#folder, { recursive: true, force: true })
  }
}

function lastWord(line: string): string {
  return line.trim().split(' ').at(-1) ?? ''
}

/** The port is a wish: where it is taken the daemon goes on to the next, and the guard tells which it got. */
function configuration(folder: string, port: number, motd: string): string {
  return [
    `port = ${port}`,
    `keys_file_path = "${join(folder, 'keys')}"`,
    `pid_file_path = "${join(folder, 'pid')}"`,
    'enable_ipv6 = false',
    'enable_ipv4_fallback = false',
    'enable_lan_discovery = false',
    'enable_tcp_relay = false',
    'enable_motd = true',
    `motd = "${motd}"`,
    '',
  ].join('\n')
}
