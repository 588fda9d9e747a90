import type { Counters } from '../base/counters.ts'
import type { Random } from '../base/random.ts'
import { earliest, type Instant, type Wake } from '../base/time.ts'
import type { Transmits } from '../base/transmit.ts'
import type { KeyPair } from '../crypto/keys.ts'
import { Dht, type DhtEvent, type DhtOptions } from '../tox/dht/dht.ts'
import { Messenger } from '../tox/messenger/messenger.ts'
import { NetCrypto } from '../tox/net-crypto/net-crypto.ts'
import { AnnounceStore } from '../tox/onion/announce-store.ts'
import { OnionClient } from '../tox/onion/onion-client.ts'
import { OnionRelay } from '../tox/onion/onion-relay.ts'
import type { MessengerProfile } from '../tox/toxsave/tox-profile.ts'
import {
  announceRequest,
  announceResponse,
  DHT_KEY_ANNOUNCE_REQUEST_ID,
  dataRequest,
  dataResponse,
} from '../wire/announce-packets.ts'
import { BOOTSTRAP_INFO_ID } from '../wire/bootstrap-info.ts'
import { CRYPTO_DATA_ID } from '../wire/crypto-data.ts'
import type { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { nodesRequest, nodesResponse, pingRequest, pingResponse } from '../wire/dht-packets.ts'
import { dhtRequest } from '../wire/dht-request.ts'
import { COOKIE_REQUEST_ID, cookieRequest, cookieResponse, handshake } from '../wire/handshake-packets.ts'
import { lanDiscovery } from '../wire/lan-discovery.ts'
import {
  onionReturn1,
  onionReturn2,
  onionReturn3,
  onionSend1,
  onionSend2,
  onionSendInitial,
} from '../wire/onion-packets.ts'
import type { Routes } from './routes.ts'

/** What every machine gets from the engine. */
export interface EngineParts {
  readonly envelopes: DhtEnvelopes
  readonly random: Random
  readonly transmits: Transmits
  readonly counters: Counters
}

/** The machines that only a node with a person has. */
export interface ToxUser {
  readonly onionClient: OnionClient
  readonly netCrypto: NetCrypto
  readonly messenger: Messenger
}

/**
 * A Tox node, and with a profile a Tox client: DHT, onion relay and announce store for others; onion client, net_crypto
 * and messenger for oneself. It hands each machine's events to the machine above.
 */
export class ToxCore {
  readonly dht: Dht
  readonly user: ToxUser | undefined
  readonly #relay: OnionRelay
  readonly #announceStore: AnnounceStore
  readonly #above: DhtEvent[] = []

  constructor(parts: EngineParts, options: DhtOptions, profile: MessengerProfile | undefined, now: Instant) {
    this.dht = new Dht({ ...parts, options })
    this.#relay = new OnionRelay(parts)
    this.#announceStore = new AnnounceStore({ ...parts, dht: this.dht })
    this.user = profile && createUser(parts, this.dht, profile, now)
  }

  /** Which machine answers which packet of Tox: the table to read first. */
  addRoutes(routes: Routes): void {
    const dht = this.dht
    routes
      .sealed(pingRequest.id, pingRequest, (value, sender, from, now) =>
        dht.handlePingRequest(value, sender, from, now),
      )
      .sealed(pingResponse.id, pingResponse, (value, sender, from, now) =>
        dht.handlePingResponse(value, sender, from, now),
      )
      .sealed(nodesRequest.id, nodesRequest, (value, sender, from, now) =>
        dht.handleNodesRequest(value, sender, from, now),
      )
      .sealed(nodesResponse.id, nodesResponse, (value, sender, from, now) =>
        dht.handleNodesResponse(value, sender, from, now),
      )
      .raw(dhtRequest.id, (datagram, from, now) => dht.handleDhtRequest(datagram, from, now))
      .plain(lanDiscovery, (value, from, now) => dht.handleLanDiscovery(value, from, now))
      .raw(BOOTSTRAP_INFO_ID, (datagram, from) => dht.handleBootstrapInfo(datagram, from))
    const relay = this.#relay
    routes
      .plain(onionSendInitial, (value, from, now) => relay.handleSendInitial(value, from, now))
      .plain(onionSend1, (value, from, now) => relay.handleSend1(value, from, now))
      .plain(onionSend2, (value, from, now) => relay.handleSend2(value, from, now))
      .plain(onionReturn3, (value, _from, now) => relay.handleReturn3(value, now))
      .plain(onionReturn2, (value, _from, now) => relay.handleReturn2(value, now))
      .plain(onionReturn1, (value, _from, now) => relay.handleReturn1(value, now))
      .plain(announceRequest, (value, from, now) => this.#announceStore.handleAnnounceRequest(value, from, now))
      .plain(dataRequest, (value, _from, now) => this.#announceStore.handleDataRequest(value, now))
    if (!this.user) return
    const { onionClient, netCrypto } = this.user
    routes
      .plain(announceResponse, (value, from, now) => onionClient.handleAnnounceResponse(value, from, now))
      .plain(dataResponse, (value, _from, now) => onionClient.handleDataResponse(value, now))
      .sealed(COOKIE_REQUEST_ID, cookieRequest, (value, sender, from, now) =>
        netCrypto.handleCookieRequest(value, sender, from, now),
      )
      .plain(cookieResponse, (value, from, now) => netCrypto.handleCookieResponse(value, from, now))
      .plain(handshake, (value, from, now) => netCrypto.handleHandshake(value, from, now))
      .raw(CRYPTO_DATA_ID, (datagram, from, now) => netCrypto.handleCryptoData(datagram, from, now))
  }

  /** Moves events one level up. Returns whether there were any: what they caused may have caused more. */
  settle(now: Instant): boolean {
    let moved = false
    for (let event = this.dht.pollEvent(); event; event = this.dht.pollEvent()) {
      moved = true
      this.#handleDhtEvent(event, now)
    }
    if (!this.user) return moved
    const { onionClient, netCrypto, messenger } = this.user
    for (let event = onionClient.pollEvent(); event; event = onionClient.pollEvent()) {
      moved = true
      messenger.handleOnionEvent(event, now)
    }
    for (let event = netCrypto.pollEvent(); event; event = netCrypto.pollEvent()) {
      moved = true
      messenger.handleNetCryptoEvent(event, now)
    }
    return moved
  }

  /** What the DHT tells the owner: nodes that answered, and whether we are connected. */
  pollEvent(): DhtEvent | undefined {
    return this.#above.shift()
  }

  handleTimeout(now: Instant): void {
    this.dht.handleTimeout(now)
    this.user?.onionClient.handleTimeout(now)
    this.user?.netCrypto.handleTimeout(now)
    this.user?.messenger.handleTimeout(now)
  }

  nextTimeout(): Wake | undefined {
    const user = this.user
    return earliest(
      this.dht.nextTimeout(),
      user?.onionClient.nextTimeout(),
      user?.netCrypto.nextTimeout(),
      user?.messenger.nextTimeout(),
    )
  }

  /** The computer slept so long that the network has given us up. */
  handleSleep(now: Instant): void {
    this.dht.handleSleep(now)
    this.user?.onionClient.handleSleep(now)
    this.user?.netCrypto.handleSleep(now)
  }

  /** A clean exit: friends see us offline at once. */
  leave(now: Instant): void {
    this.user?.messenger.leave(now)
    this.user?.netCrypto.close(now)
    this.user?.onionClient.wipe()
  }

  /** The run ends, clean or not: wipes all keys but the person's own. */
  wipe(now: Instant): void {
    this.user?.netCrypto.close(now)
    this.user?.onionClient.wipe()
  }

  #handleDhtEvent(event: DhtEvent, now: Instant): void {
    if (event.kind === 'friendAddress') this.user?.messenger.handleDhtEvent(event, now)
    else if (event.kind !== 'dhtRequest') this.#above.push(event)
    else if (event.requestId === DHT_KEY_ANNOUNCE_REQUEST_ID) {
      this.user?.onionClient.handleDhtPkAnnounce(event.sender, event.data, now)
    }
  }
}

function createUser(parts: EngineParts, dht: Dht, profile: MessengerProfile, now: Instant): ToxUser {
  const realKeys: KeyPair = profile.keys
  const onionClient = new OnionClient({ ...parts, realKeys, dht })
  const netCrypto = new NetCrypto({ ...parts, realKeys })
  const messenger = new Messenger({ ...parts, profile, netCrypto, onionClient, dht }, now)
  return { onionClient, netCrypto, messenger }
}
