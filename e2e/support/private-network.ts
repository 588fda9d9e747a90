import { Program } from './program.ts'

interface StorageNode {
  readonly program: Program
  /** How others join it. */
  readonly point: string
}

/**
 * Real storage nodes on loopback, each a process. They keep everything in memory, and ask for the default price: what is to
 * wait for a minute costs next to nothing at it.
 */
export class PrivateNetwork {
  readonly #nodes: StorageNode[]

  private constructor(nodes: StorageNode[]) {
    this.#nodes = nodes
  }

  static async start(count: number): Promise<PrivateNetwork> {
    const first = await startNode('node 1', undefined)
    const others = Array.from({ length: count - 1 }, (_, at) => startNode(`node ${at + 2}`, first.point))
    return new PrivateNetwork([first, ...(await Promise.all(others))])
  }

  get nodeCount(): number {
    return this.#nodes.filter(({ program }) => program.isRunning).length
  }

  /** Options that make a person join this network, and no other. */
  get joinOptions(): string[] {
    return this.#nodes.slice(0, 2).flatMap(({ point }) => ['--bootstrap', point])
  }

  /** Kills the last `count` nodes without warning. The first two stay: people come in through them. */
  async kill(count: number): Promise<void> {
    const running = this.#nodes.slice(2).filter(({ program }) => program.isRunning)
    if (running.length < count) throw new Error(`only ${running.length} storage nodes are left to kill`)
    await Promise.all(running.slice(-count).map(({ program }) => program.kill()))
  }

  async end(): Promise<void> {
    await Promise.all(this.#nodes.map(({ program }) => program.kill()))
  }
}

async function startNode(name: string, via: string | undefined): Promise<StorageNode> {
  const join = via === undefined ? [] : ['--bootstrap', via]
  const program = new Program(name, ['node', '--udp-port', '0', '--no-lan', '--storage', '64MiB', ...join])
  const { udpPort, dhtKey } = JSON.parse(await program.firstLine()) as { udpPort: number; dhtKey: string }
  return { program, point: `127.0.0.1:${udpPort}:${dhtKey}` }
}
