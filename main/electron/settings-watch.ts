import { contract } from '../../shared/api/contract.ts'
import { createMemoryPipes } from '../../shared/api/memory-pipe.ts'
import { createClient, type Pipe } from '../../shared/api/rpc.ts'
import type { AccountPhase } from '../../shared/model/account.ts'
import type { Settings } from '../../shared/model/settings.ts'

/**
 * Follows the settings of the open profile by the same contract that the page uses: the shell has no other way into
 * the host. Nothing is told before a profile is open.
 */
export function watchSettings(
  attach: (pipe: Pipe) => () => void,
  onSettings: (settings: Settings) => void,
  onFailure: (error: unknown) => void,
): () => void {
  const [near, far] = createMemoryPipes()
  const client = createClient(contract, near)
  const detach = attach(far)
  const readWhenOpen = async (phase: AccountPhase): Promise<void> => {
    if (phase === 'open') onSettings(await client.settings.get({}))
  }
  const read = (reading: Promise<void>): void => void reading.catch(onFailure)
  client.settings.changed((settings) => {
    // The host is telling every window: what goes wrong here must not keep it from that.
    try {
      onSettings(settings)
    } catch (error) {
      onFailure(error)
    }
  })
  client.account.changed(({ phase }) => read(readWhenOpen(phase)))
  read(client.account.get({}).then(({ phase }) => readWhenOpen(phase)))
  return detach
}
