import { type Contract, contract } from '../../shared/api/contract.ts'
import { type Client, createClient } from '../../shared/api/rpc.ts'
import type { Friend } from '../../shared/model/friend.ts'
import { Program } from './program.ts'

interface Faceless {
  readonly api: Client<Contract>
  readonly program: Program
  /** Resolves once the one friend is as wanted. */
  friend(matches: (friend: Friend) => boolean): Promise<Friend>
}

export interface Acquaintance {
  /** Their profile folders. */
  readonly alice: string
  readonly bob: string
  readonly joinOptions: readonly string[]
  /** How long what Alice writes to Bob waits; undefined is the setting. */
  readonly ttlSeconds: number | undefined
}

/**
 * Makes two profiles whose owners are friends and have met, by the contract alone: for journeys that begin where friends
 * have met. How they become friends on screen is a journey of its own.
 */
export async function becomeFriends(options: Acquaintance): Promise<void> {
  const { joinOptions, ttlSeconds } = options
  const [alice, bob] = [begin('Alice', options.alice, joinOptions), begin('Bob', options.bob, joinOptions)]
  try {
    await Promise.all([alice.api.profile.set({ name: 'Alice' }), bob.api.profile.set({ name: 'Bob' })])
    const { toxId } = await bob.api.profile.get({})
    const requested = new Promise<string>((resolve) => {
      bob.api.friends.requested(({ publicKey }) => resolve(publicKey))
    })
    await alice.api.friends.add({ toxId, message: 'It is me, Alice.' })
    await bob.api.friends.accept({ publicKey: await requested })
    const hasMet = ({ online, offlineMessages, name }: Friend): boolean =>
      online && offlineMessages === 'ready' && name !== ''
    const [{ publicKey }] = await Promise.all([alice.friend(hasMet), bob.friend(hasMet)])
    if (ttlSeconds !== undefined) await alice.api.friends.setTtl({ publicKey, ttlSeconds })
  } finally {
    await Promise.all([alice.program.leave(), bob.program.leave()])
  }
}

function begin(name: string, folder: string, joinOptions: readonly string[]): Faceless {
  const own = ['--stdio', '--profile', folder, '--udp-port', '0', '--no-lan', '--storage', '0']
  const program = new Program(name, ['serve', ...own, ...joinOptions])
  const api = createClient(contract, program.pipe())
  return {
    api,
    program,
    friend: (matches) =>
      new Promise((resolve, reject) => {
        const take = (friend: Friend): void => {
          if (matches(friend)) resolve(friend)
        }
        api.friends.changed(take)
        api.friends.list({}).then((friends) => friends.forEach(take), reject)
      }),
  }
}
