import { toHex } from '../base/bytes.ts'
import { ExpiringMap } from '../base/expiring-map.ts'
import { type Instant, MINUTE_MS, type Wake } from '../base/time.ts'
import type { Contact } from '../ring/contact.ts'
import type { Deposit } from '../wire/storage-proof.ts'
import type { Accepted, DepositDesk, InTheWay } from './deposit-desk.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { TransferEvent, TransferId, TransferReady, Transfers } from './transfers.ts'

/** Deposits in segments that are under way or just ended. */
const OPEN_MAX = 256
const LIFE_MS = 3 * MINUTE_MS

type Outcome = Accepted | InTheWay | Refusal

interface OpenDeposit {
  readonly deposit: Deposit
  readonly depositor: Contact
  readonly ready: TransferReady
  /** How it ended, once the body came. */
  outcome: Outcome | undefined
}

/**
 * Deposits whose body comes in segments. All that can be checked is checked before the first segment, so that a broken
 * transfer burns no proof; once the body is there, opening the same deposit again is answered with the outcome.
 */
export class SegmentedDeposits {
  readonly #desk: DepositDesk
  readonly #transfers: Transfers
  readonly #byChallenge = new ExpiringMap<string, OpenDeposit>(LIFE_MS, OPEN_MAX, 'storage: forget open deposits')
  readonly #byTransfer = new ExpiringMap<TransferId, string>(LIFE_MS, OPEN_MAX, 'storage: forget transfers')

  constructor(desk: DepositDesk, transfers: Transfers) {
    this.#desk = desk
    this.#transfers = transfers
  }

  get openCount(): number {
    return this.#byChallenge.count
  }

  open(deposit: Deposit, depositor: Contact, now: Instant): Outcome | { kind: 'ready'; ready: TransferReady } {
    const id = `${depositor.key.hex} ${toHex(deposit.proof.id)} ${toHex(deposit.signed.signature)}`
    const known = this.#byChallenge.get(id, now)
    if (known) return known.outcome ?? { kind: 'ready', ready: known.ready }
    const checked = this.#desk.precheck(deposit, depositor, now)
    if (checked) return checked
    const { length, bodyHash } = deposit.signed.header
    const ready = this.#transfers.expect(depositor, { length, hash: bodyHash }, 'node', now)
    if (!ready) return refuse('transferLimit')
    this.#byChallenge.set(id, { deposit, depositor, ready, outcome: undefined }, now)
    this.#byTransfer.set(toHex(ready.transferId) as TransferId, id, now)
    return { kind: 'ready', ready }
  }

  /** Returns the outcome if this was the end of a deposit's transfer. */
  handleTransferEvent(event: TransferEvent, now: Instant): Outcome | undefined {
    const id = this.#byTransfer.take(event.transferId, now)
    const open = id === undefined ? undefined : this.#byChallenge.get(id, now)
    if (id === undefined || !open) return undefined
    if (event.kind !== 'received') {
      this.#byChallenge.delete(id)
      return undefined
    }
    open.outcome = this.#desk.takeChecked({ ...open.deposit, body: event.bytes }, open.depositor, now)
    return open.outcome
  }

  nextTimeout(): Wake | undefined {
    return this.#byChallenge.nextTimeout()
  }

  handleTimeout(now: Instant): void {
    this.#byChallenge.expire(now)
    this.#byTransfer.expire(now)
  }
}
