import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { WebSocket } from 'ws'
import { silentLog } from '../base/log.ts'
import type { Pipe } from '../../shared/api/rpc.ts'
import { Daemon } from './daemon.ts'

export const PAGE = '<!doctype html><title>Ampoule</title>'
export const SCRIPT = 'export const here = 1'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** A web shell on a free port with a page of two files; the host behind it answers every frame with itself. */
export class TestDaemon {
  readonly folder: string
  readonly daemon: Daemon
  readonly pipes: Set<Pipe>

  private constructor(folder: string, daemon: Daemon, pipes: Set<Pipe>) {
    this.folder = folder
    this.daemon = daemon
    this.pipes = pipes
  }

  static async start(): Promise<TestDaemon> {
    const folder = mkdtempSync(join(tmpdir(), 'ampoule-daemon-'))
    mkdirSync(join(folder, 'renderer/assets'), { recursive: true })
    writeFileSync(join(folder, 'renderer/index.html'), PAGE)
    writeFileSync(join(folder, 'renderer/assets/main-Ab3_x9Zq.js'), SCRIPT)
    writeFileSync(join(folder, 'secret.txt'), 'a file of the person')
    const pipes = new Set<Pipe>()
    const daemon = await Daemon.start({
      attach: (pipe) => {
        pipes.add(pipe)
        pipe.onFrame((frame) => pipe.send(frame))
        return () => pipes.delete(pipe)
      },
      rendererFolder: join(folder, 'renderer'),
      folder: join(folder, 'profile.web'),
      httpPort: 0,
      log: silentLog,
    })
    return new TestDaemon(folder, daemon, pipes)
  }

  get port(): number {
    return Number(new URL(this.daemon.link).port)
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** One plain HTTP request: no browser helps to keep the rules. The path goes out as it is. */
  async ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Reply> {
    return await new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: this.port, path, method, headers, agent: false }, (response) => {
        buffer(response).then(
          (bytes) =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text: bytes.toString('utf8') }),
          reject,
        )
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }

  /** Opens the link as a browser does; the headers of what it asks from then on. */
  async enter(): Promise<{ readonly cookie: string; readonly origin: string }> {
    const { headers } = await this.ask(this.daemon.link.slice(this.origin.length))
    const [cookie = ''] = (headers['set-cookie']?.[0] ?? '').split(';')
    return { cookie, origin: this.origin }
  }

  /** A WebSocket with these headers. Resolves once it is open, rejects with what the server says instead. */
  async connect(headers: Readonly<Record<string, string>>, path = '/api'): Promise<TestTab> {
    return await new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${this.port}${path}`, { headers })
      const tab = new TestTab(socket)
      socket.once('open', () => resolve(tab))
      socket.once('error', reject)
    })
  }

  async end(): Promise<void> {
    await this.daemon.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What a hostile tab can do. */
export class TestTab {
  readonly socket: WebSocket
  readonly closed: Promise<number>
  readonly #frames: string[] = []
  #wake: () => void = () => {}

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      this.#frames.push(data.toString('utf8'))
      this.#wake()
    })
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        resolve(code)
        this.#wake()
      })
    })
  }

  /** The next frame, or undefined when the connection has ended without one. */
  async frame(): Promise<string | undefined> {
    while (this.#frames.length === 0 && this.socket.readyState !== WebSocket.CLOSED) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#frames.shift()
  }

  async echo(asked: object): Promise<unknown> {
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', ...asked }))
    const frame = await this.frame()
    return frame === undefined ? undefined : JSON.parse(frame)
  }
}
