import { type Random, randomBelow } from '../base/random.ts'
import { DAY_MS, earliest, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS, type Wake } from '../base/time.ts'
import type { OperationId } from '../storage/storage-events.ts'
import type { Epoch } from './epoch.ts'
import type { OfflineFriend } from './offline-friend.ts'

/** All requests but the most pressing are spread over this, so that their times say little of what belongs together. */
const SPREAD_MS = 2 * MINUTE_MS
const NEWEST_INTERVAL_MS = 10 * MINUTE_MS
const OLDER_INTERVAL_MS = HOUR_MS
const UNUSED_INTERVAL_MS = DAY_MS
/** After an attempt that did not hear all rings; doubled each time, up to the interval of the newest. */
const RETRY_DELAY_MS = 20 * SECOND_MS
const FETCHES_MAX = 8

/** When the mailbox of one epoch is asked for. */
export interface MailboxWatch {
  readonly friend: OfflineFriend
  readonly epoch: Epoch
  nextAt: Instant
  operationId: OperationId | undefined
  startedAt: Instant
  /** When an attempt ended that had begun at `heardSince`. */
  heardSince: Instant
  failureCount: number
  hasFound: boolean
}

/**
 * When which mailbox is fetched: when we come online the newest of each friend at once, open conversations before
 * others, the rest in random order over two minutes; later the newest every ten minutes, older ones hourly, and those in
 * which nothing was found daily.
 *
 * source   offline-messaging design, section 8
 */
export class FetchSchedule {
  readonly #random: Random
  readonly #watches = new WeakMap<Epoch, MailboxWatch>()
  #openFriend: string | undefined
  #runningCount = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** The conversation that the person looks at comes first. */
  setOpen(friend: string | undefined): void {
    this.#openFriend = friend
  }

  /** The network is there: everything is asked for once. */
  restart(friends: Iterable<OfflineFriend>, now: Instant): void {
    for (const watch of this.#all(friends, now)) {
      watch.nextAt = isNewest(watch) ? now : now + randomBelow(this.#random, SPREAD_MS)
      watch.failureCount = 0
    }
  }

  /** Something of this friend is missing, or may just have been left: ask for all that can be read. */
  hurry(friend: OfflineFriend, delayMs: number, now: Instant): void {
    for (const watch of this.#of(friend, now)) {
      if (watch.epoch.retiredAt === 0) watch.nextAt = Math.min(watch.nextAt, now + delayMs)
    }
  }

  /** The watches to start now, most pressing first; the caller calls `started` for each. */
  due(friends: Iterable<OfflineFriend>, now: Instant): MailboxWatch[] {
    return this.#all(friends, now)
      .filter((watch) => watch.operationId === undefined && watch.nextAt <= now)
      .sort((left, right) => this.#rank(left) - this.#rank(right) || left.nextAt - right.nextAt)
      .slice(0, Math.max(0, FETCHES_MAX - this.#runningCount))
  }

  started(watch: MailboxWatch, operationId: OperationId, now: Instant): void {
    watch.operationId = operationId
    watch.startedAt = now
    this.#runningCount += 1
  }

  finished(watch: MailboxWatch, isHeard: boolean, now: Instant): void {
    watch.operationId = undefined
    this.#runningCount -= 1
    if (isHeard) {
      watch.heardSince = watch.startedAt
      watch.failureCount = 0
      watch.nextAt = now + this.#jittered(intervalOf(watch))
      return
    }
    watch.failureCount += 1
    watch.nextAt = now + this.#jittered(Math.min(RETRY_DELAY_MS * 2 ** watch.failureCount, NEWEST_INTERVAL_MS))
  }

  /** Whether every mailbox in which this friend may have written was heard to the end by a fetch begun after `since`. */
  isHeardSince(friend: OfflineFriend, since: Instant, now: Instant): boolean {
    return this.#of(friend, now).every((watch) => watch.epoch.retiredAt > 0 || watch.heardSince >= since)
  }

  nextTimeout(friends: Iterable<OfflineFriend>, now: Instant): Wake | undefined {
    if (this.#runningCount >= FETCHES_MAX) return undefined
    let soonest: Wake | undefined
    for (const watch of this.#all(friends, now)) {
      if (watch.operationId === undefined) soonest = earliest(soonest, { at: watch.nextAt, why: 'fetch a mailbox' })
    }
    return soonest
  }

  /** The watch of an epoch; one that is new to us is asked for after its interval, as its friend is here now. */
  watchOf(friend: OfflineFriend, epoch: Epoch, now: Instant): MailboxWatch {
    const known = this.#watches.get(epoch)
    if (known) return known
    const watch: MailboxWatch = {
      friend,
      epoch,
      nextAt: now + NEWEST_INTERVAL_MS,
      operationId: undefined,
      startedAt: 0,
      heardSince: -1,
      failureCount: 0,
      hasFound: false,
    }
    this.#watches.set(epoch, watch)
    return watch
  }

  #of(friend: OfflineFriend, now: Instant): MailboxWatch[] {
    return friend.epochs.all().map((epoch) => this.watchOf(friend, epoch, now))
  }

  #all(friends: Iterable<OfflineFriend>, now: Instant): MailboxWatch[] {
    return [...friends].flatMap((friend) => this.#of(friend, now))
  }

  #rank(watch: MailboxWatch): number {
    return (watch.friend.hex === this.#openFriend ? 0 : 2) + (isNewest(watch) ? 0 : 1)
  }

  #jittered(intervalMs: number): number {
    return intervalMs + randomBelow(this.#random, Math.max(1, Math.floor(intervalMs / 8)))
  }
}

function isNewest({ friend, epoch }: MailboxWatch): boolean {
  return friend.epochs.all()[0] === epoch
}

function intervalOf(watch: MailboxWatch): number {
  if (isNewest(watch)) return NEWEST_INTERVAL_MS
  return watch.epoch.retiredAt > 0 || !watch.hasFound ? UNUSED_INTERVAL_MS : OLDER_INTERVAL_MS
}
