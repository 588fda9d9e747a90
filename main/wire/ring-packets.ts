import { Address } from '../base/address.ts'
import { DecodeError } from '../base/byte-reader.ts'
import {
  bytes,
  type Codec,
  flag,
  list,
  oneOf,
  publicKey,
  restBytes,
  sizedBytes,
  struct,
  u8,
  u16,
  u48,
  type ValueOf,
} from './codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from './extension-packet.ts'
import { type PackedNode, packedNode } from './node-format.ts'

/** Kinds of extension packets (0xc0) that belong to the rings. A request's answer is the kind after it. */
export const RingKind = {
  helloRequest: 0x01,
  helloResponse: 0x02,
  stateRequest: 0x03,
  stateResponse: 0x04,
  joinRequest: 0x05,
  joinResponse: 0x06,
  leaveRequest: 0x07,
  leaveResponse: 0x08,
  rangeChange: 0x09,
  lookupRequest: 0x10,
  lookupResponse: 0x11,
  carryRequest: 0x18,
  carryResponse: 0x19,
  deliverRequest: 0x1a,
  deliverResponse: 0x1b,
  tokenRequest: 0x1c,
  tokenResponse: 0x1d,
  outcomeRequest: 0x1e,
  outcomeResponse: 0x1f,
} as const

export const SUCCESSORS_MAX = 16
export const PREDECESSORS_MAX = 4
export const RINGS_MAX = 8
export const STATE_DIGEST_BYTES = 8
export const REACHABILITY_TOKEN_BYTES = 16
/** Storage nodes at a place, and contacts nearer to it, in an answer: never a membership list. */
export const MEMBERS_IN_ANSWER_MAX = 8
export const CLOSER_IN_ANSWER_MAX = 4
export const SILENT_IN_REQUEST_MAX = 4
export const KEY_HINT_BYTES = 8
export const FETCH_TOKEN_BYTES_MAX = 64
export const PAYLOAD_BYTES_MAX = 900

/** 0: client (looks up, holds nothing, appears in no answer); 1: storage node. */
const role = oneOf(0, 1)

const padding = restBytes(EXTENSION_BODY_BYTES_MAX)

/**
 * An address as the other side sees it: 7 or 19 bytes.
 *
 * | bytes  | field                    |
 * |--------|--------------------------|
 * | 1      | family: 2 = IPv4, 10 = IPv6 |
 * | 4 / 16 | IP                       |
 * | 2      | port                     |
 */
export const seenAddress: Codec<Address> = {
  write: (writer, address) => {
    writer.u8(address.isIpv4 ? 2 : 10)
    writer.bytes(address.ip)
    writer.u16(address.port)
  },
  read: (reader) => {
    const at = reader.offset
    const family = reader.u8()
    if (family !== 2 && family !== 10) throw new DecodeError('unknown family', at)
    return Address.read(reader.bytes(family === 2 ? 4 : 16), reader.u16())
  },
}

/**
 * HELLO request (0x01): do you speak the extension, and do you listen here?
 *
 * | bytes | field   |                                              |
 * |-------|---------|----------------------------------------------|
 * | 1     | role    | 0 client, 1 storage node                     |
 * | 19+   | padding | zeros, so that the answer is not longer      |
 */
export const helloRequest = struct({ role, padding: restBytes(64, 19) })

/**
 * HELLO response (0x02).
 *
 * | bytes  | field       |                            |
 * |--------|-------------|----------------------------|
 * | 1      | role        |                            |
 * | 7 / 19 | seenAddress | where the request came from |
 */
export const helloResponse = struct({ role, seenAddress })

/** One ring in a state request: `digest` of the sender's neighbours, `knownDigest` the last it had of the receiver's (or zeros). */
const stateQuestion = struct({
  ring: u8,
  digest: bytes(STATE_DIGEST_BYTES),
  knownDigest: bytes(STATE_DIGEST_BYTES),
})

/**
 * STATE request (0x03) and JOIN request (0x05): here is a digest of my neighbours, tell me yours if they changed; JOIN
 * says also that the sender is a storage node of these rings from now on.
 *
 * | bytes  | field     |                                                                        |
 * |--------|-----------|------------------------------------------------------------------------|
 * | 1      | role      |                                                                        |
 * | 1      | count     | rings that follow, at most 8                                           |
 * | 17 × n | questions | ring (1), digest (8) of the sender's state, digest (8) it had of the receiver's, or zeros |
 * | rest   | padding   | zeros; to an address that has not answered, the response is not longer than this |
 *
 * The digest is the first 8 bytes of BLAKE2b-256 over: count of predecessors (1), count of successors (1), 1 if the
 * sender knows every storage node of the circle or 0 (1), the predecessors' and the successors' DHT keys, nearest first.
 */
export const stateRequest = struct({ role, questions: list(stateQuestion, RINGS_MAX), padding })
export type StateRequest = ValueOf<typeof stateRequest>

/** A node's neighbours in one ring. */
export interface NeighbourState {
  /** Nearest first, at most 4. */
  readonly predecessors: readonly PackedNode[]
  /** Nearest first, at most 16. */
  readonly successors: readonly PackedNode[]
  /** The node knows every storage node of this circle. */
  readonly seesAll: boolean
}

/** `state` undefined: unchanged (isCut false), or changed but without room here (isCut true): ask again for this ring alone. */
export interface StateAnswer {
  readonly ring: number
  readonly isCut: boolean
  readonly state: NeighbourState | undefined
}

const neighbourState = struct({
  predecessors: list(packedNode, PREDECESSORS_MAX),
  successors: list(packedNode, SUCCESSORS_MAX),
  seesAll: flag,
})

const FORM_UNCHANGED = 0
const FORM_FULL = 1
const FORM_CUT = 2
const stateForm = oneOf(FORM_UNCHANGED, FORM_FULL, FORM_CUT)

const stateAnswer: Codec<StateAnswer> = {
  write: (writer, { ring, isCut, state }) => {
    writer.u8(ring)
    writer.u8(state ? FORM_FULL : isCut ? FORM_CUT : FORM_UNCHANGED)
    if (state) neighbourState.write(writer, state)
  },
  read: (reader) => {
    const ring = reader.u8()
    const form = stateForm.read(reader)
    return { ring, isCut: form === FORM_CUT, state: form === FORM_FULL ? neighbourState.read(reader) : undefined }
  },
}

/**
 * STATE response (0x04) and JOIN response (0x06).
 *
 * | bytes  | field       |                                                                          |
 * |--------|-------------|--------------------------------------------------------------------------|
 * | 1      | role        |                                                                          |
 * | 7 / 19 | seenAddress | where the request came from                                              |
 * | 1      | count       | rings that follow, at most 8                                             |
 * | n      | answers     | ring (1), form (1): 0 unchanged, 1 changed, 2 changed but no room here; form 1: count (1) and packed predecessors (at most 4), count (1) and packed successors (at most 16), nearest first, seesAll (1) |
 */
export const stateResponse = struct({ role, seenAddress, answers: list(stateAnswer, RINGS_MAX) })
export type StateResponse = ValueOf<typeof stateResponse>

/**
 * LEAVE request (0x07): the sender holds nothing any more.
 *
 * | bytes | field  |                                      |
 * |-------|--------|--------------------------------------|
 * | 1     | reason | 0 it stops, 1 it becomes a client    |
 */
export const leaveRequest = struct({ reason: oneOf(0, 1) })

/** LEAVE response (0x08): nothing but its arrival. */
export const leaveResponse = struct({})

/**
 * Range change (0x09), a notice: the sender now owns the places after `from` up to its own in this ring.
 *
 * | bytes | field |                              |
 * |-------|-------|------------------------------|
 * | 1     | ring  |                              |
 * | 6     | from  | the place of its predecessor |
 */
export const rangeChange = struct({ ring: u8, from: u48 })
export type RangeChangeNotice = ValueOf<typeof rangeChange>

/**
 * LOOKUP request (0x10): who are the first storage nodes at this place?
 *
 * | bytes | field       |                                                                                |
 * |-------|-------------|--------------------------------------------------------------------------------|
 * | 1     | role        |                                                                                |
 * | 1     | ring        |                                                                                |
 * | 6     | place       |                                                                                |
 * | 1+8n  | silent      | count (at most 4) and the first 8 bytes of keys that did not answer: leave them out |
 * | 1     | payloadKind | 0x40-0x7f: a storage request for whoever is among the first 4 of the place; 0: none |
 * | 2+n   | payload     | length and at most 900 bytes                                                   |
 * | rest  | padding     | zeros; to an address that has not answered, the response is not longer than this |
 */
export const lookupRequest = struct({
  role,
  ring: u8,
  place: u48,
  silent: list(bytes(KEY_HINT_BYTES), SILENT_IN_REQUEST_MAX),
  payloadKind: u8,
  payload: sizedBytes(PAYLOAD_BYTES_MAX),
  padding,
})
export type LookupRequest = ValueOf<typeof lookupRequest>

/** `selfIndex` of a responder that is not among the members of its answer. */
export const NOT_IN_ANSWER = 255

/**
 * LOOKUP response (0x11).
 *
 * | bytes | field         |                                                                              |
 * |-------|---------------|------------------------------------------------------------------------------|
 * | 1     | role          | of the responder                                                             |
 * | 1     | isCatchingUp  | 1: it is the owner but has not yet pulled this range: ask the next member     |
 * | 1     | selfIndex     | where the responder stands among the members; 255: not among them. 0: it is the owner |
 * | 1+n   | members       | count (at most 8) and packed nodes: the first storage nodes at the place without the responder, nearest first; none if it cannot tell |
 * | 1+n   | closer        | count (at most 4) and packed nodes nearer to the place; none if there are members |
 * | 2+n   | token         | fetch token of the responder for the asker, at most 64 bytes                 |
 * | 1     | payloadKind   | of the answer to the payload; 0: none                                        |
 * | 2+n   | payload       | length and bytes                                                             |
 */
export const lookupResponse = struct({
  role,
  isCatchingUp: flag,
  selfIndex: u8,
  members: list(packedNode, MEMBERS_IN_ANSWER_MAX),
  closer: list(packedNode, CLOSER_IN_ANSWER_MAX),
  token: sizedBytes(FETCH_TOKEN_BYTES_MAX),
  payloadKind: u8,
  payload: sizedBytes(EXTENSION_BODY_BYTES_MAX),
})
export type LookupResponse = ValueOf<typeof lookupResponse>

/**
 * CARRY request (0x18): have a member of your choice, to which I sent nothing lately, send me this token.
 *
 * | bytes | field        |                                                     |
 * |-------|--------------|-----------------------------------------------------|
 * | 16    | token        | random, once                                        |
 * | 2     | quietSeconds | that member must not have heard from me for so long |
 */
export const carryRequest = struct({ token: bytes(REACHABILITY_TOKEN_BYTES), quietSeconds: u16 })

/**
 * CARRY response (0x19).
 *
 * | bytes | field      |                                                                    |
 * |-------|------------|--------------------------------------------------------------------|
 * | 1     | isAccepted | 1: a member was found that sends it; 0: nobody suitable is known    |
 */
export const carryResponse = struct({ isAccepted: flag })

/**
 * DELIVER request (0x1a), from the carrier to the member of its choice: send this token to that node.
 *
 * | bytes   | field        |                                          |
 * |---------|--------------|------------------------------------------|
 * | 32      | key          | of the node under test                   |
 * | 7 / 19  | address      | where it says it listens                 |
 * | 16      | token        |                                          |
 * | 2       | quietSeconds | refuse if it wrote to you within so long |
 */
export const deliverRequest = struct({
  key: publicKey,
  address: seenAddress,
  token: bytes(REACHABILITY_TOKEN_BYTES),
  quietSeconds: u16,
})

/**
 * DELIVER response (0x1b), at once.
 *
 * | bytes | field      |                                                          |
 * |-------|------------|----------------------------------------------------------|
 * | 1     | isAccepted | 0: it wrote to me lately, or I was asked too often       |
 */
export const deliverResponse = struct({ isAccepted: flag })

/**
 * TOKEN request (0x1c), to the node under test.
 *
 * | bytes | field |
 * |-------|-------|
 * | 16    | token |
 */
export const tokenRequest = struct({ token: bytes(REACHABILITY_TOKEN_BYTES) })

/** TOKEN response (0x1d): nothing but its arrival. */
export const tokenResponse = struct({})

/**
 * OUTCOME request (0x1e), from the member to the carrier, when the node under test answered or stayed silent.
 *
 * | bytes | field       |
 * |-------|-------------|
 * | 16    | token       |
 * | 1     | hasAnswered |
 */
export const outcomeRequest = struct({ token: bytes(REACHABILITY_TOKEN_BYTES), hasAnswered: flag })

/** OUTCOME response (0x1f): nothing but its arrival. */
export const outcomeResponse = struct({})
