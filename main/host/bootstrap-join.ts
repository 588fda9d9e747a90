import type { BootstrapNode, ResolvedBootstrapNode } from '../driver/bootstrap-nodes.ts'

export interface BootstrapJoinOptions {
  readonly nodes: readonly BootstrapNode[]
  /** Undefined where nobody knows the name now. */
  readonly resolve: (node: BootstrapNode) => Promise<ResolvedBootstrapNode | undefined>
  readonly join: (node: ResolvedBootstrapNode) => void
}

/**
 * Joins through bootstrap nodes, each as soon as its name is known: a server may start before its network is there, and
 * nobody sits before it to start it again.
 */
export class BootstrapJoin {
  readonly #options: BootstrapJoinOptions
  #unknown: readonly BootstrapNode[]
  #isEnded = false

  constructor(options: BootstrapJoinOptions) {
    this.#options = options
    this.#unknown = options.nodes
  }

  /** Whether every name is known. */
  get isDone(): boolean {
    return this.#unknown.length === 0
  }

  /** Looks up the names that are not known yet. */
  async look(): Promise<void> {
    await Promise.all(this.#unknown.map((node) => this.#joinThrough(node)))
  }

  end(): void {
    this.#isEnded = true
  }

  async #joinThrough(node: BootstrapNode): Promise<void> {
    const found = await this.#options.resolve(node)
    if (!found || this.#isEnded) return
    this.#unknown = this.#unknown.filter((other) => other !== node)
    this.#options.join(found)
  }
}
