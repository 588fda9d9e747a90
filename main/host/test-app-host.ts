import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Contract, contract } from '../../shared/api/contract.ts'
import { createMemoryPipes } from '../../shared/api/memory-pipe.ts'
import { type Client, createClient, createPipeEmitters, serve } from '../../shared/api/rpc.ts'
import { AppHost, type AppHostOptions } from './app-host.ts'

export interface TestHost {
  readonly host: AppHost
  readonly client: Client<Contract>
  /** Lines of the log. */
  readonly logged: string[]
}

export interface TestHosts {
  readonly folder: string
  start(name: string, more?: Partial<AppHostOptions>): Promise<TestHost>
  end(): Promise<void>
}

/** Real hosts in this process, on loopback, alone: what they do with engine, disk and contract. */
export function createTestHosts(): TestHosts {
  const folder = mkdtempSync(join(tmpdir(), 'ampoule-host-'))
  const running: AppHost[] = []
  return {
    folder,
    async start(name, more = {}) {
      const [near, far] = createMemoryPipes()
      const logged: string[] = []
      const log = { write: (_level: string, message: string) => void logged.push(message), lines: () => [...logged] }
      const host = await AppHost.start({
        profileFolder: join(folder, name),
        passphrase: undefined,
        udpPort: 0,
        bootstrap: [],
        lanDiscovery: false,
        storageBytes: 0,
        scope: 'loopback',
        log,
        shell: 'stdio',
        emit: createPipeEmitters(contract, far),
        ...more,
      })
      running.push(host)
      const { account: _account, ...rest } = contract
      serve(rest, host.handlers, far, (error) => log.write('error', `call: ${String(error)}`))
      return { host, client: createClient(contract, near), logged }
    },
    async end() {
      await Promise.all(running.map((host) => host.stop()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
