import { ByteReader } from '../../base/byte-reader.ts'
import { ByteWriter } from '../../base/byte-writer.ts'
import { concat, equalBytes, wipe } from '../../base/bytes.ts'
import { type KeyPair, keyPairOf, SecretKey } from '../../crypto/keys.ts'
import { NAME_BYTES_MAX, STATUS_MESSAGE_BYTES_MAX } from '../../wire/messenger-packets.ts'
import { byteOfStatus, statusOfByte } from '../user-status.ts'
import { FRIEND_RECORD_BYTES, readFriendRecord, writeFriendRecord } from './friend-record.ts'
import { readU32Le, writeU32Le } from './little-endian.ts'
import { readDhtSection, readSavedNodes, writeDhtSection, writeSavedNodes } from './saved-nodes.ts'
import { FILE_COOKIE, readSections, type Section, SectionType, writeSections } from './sections.ts'
import type { SavedFriend, ToxProfile, UnknownSection } from './tox-profile.ts'
import { ToxsaveError } from './toxsave-error.ts'

const MAGIC = 0x15ed1b1f
const HEAD_BYTES = 8
const KEYS_SECTION_BYTES = 4 + 32 + 32

/** What a file holds while it is read, section by section. */
interface Draft {
  keys: KeyPair | undefined
  nospam: Uint8Array
  name: Uint8Array
  statusMessage: Uint8Array
  status: ToxProfile['status']
  dhtNodes: ToxProfile['dhtNodes']
  pathNodes: ToxProfile['pathNodes']
  readonly friends: SavedFriend[]
  readonly unreadableFriends: Uint8Array[]
  readonly unknownSections: UnknownSection[]
}

/**
 * Reads a plain savefile, as c-toxcore and its clients write it.
 *
 * | bytes | field                                                  |
 * |-------|--------------------------------------------------------|
 * | 4     | zero                                                   |
 * | 4     | 0x15ed1b1f, little-endian                              |
 * | n     | sections, to the one of type 255; what follows is padding |
 *
 * throws   ToxsaveError: notASavefile, cut, malformed, badKeys
 * source   tox-wire.md 6
 */
export function readPlainToxsave(bytes: Uint8Array): ToxProfile {
  checkHead(bytes)
  const nothing = new Uint8Array(0)
  const draft: Draft = {
    keys: undefined,
    nospam: new Uint8Array(4),
    name: nothing,
    statusMessage: nothing,
    status: 'none',
    dhtNodes: [],
    pathNodes: [],
    friends: [],
    unreadableFriends: [],
    unknownSections: [],
  }
  const sections = readSections(bytes.subarray(HEAD_BYTES), FILE_COOKIE, SectionType.end)
  try {
    for (const section of sections) readSection(draft, section)
  } catch (error) {
    draft.keys?.secretKey.wipe()
    throw error
  }
  const { keys, ...rest } = draft
  if (!keys) throw new ToxsaveError('badKeys', 'the savefile holds no key pair')
  return { keys, ...rest }
}

/**
 * The bytes of a plain savefile that c-toxcore reads too: known sections first, then the others as they came. Nothing
 * else of the secret key stays behind.
 */
export function writePlainToxsave(profile: ToxProfile): Uint8Array {
  const { keys, nospam, friends, unreadableFriends, unknownSections } = profile
  const head = new ByteWriter(HEAD_BYTES)
  writeU32Le(head, 0)
  writeU32Le(head, MAGIC)
  const keySection = concat(nospam, keys.publicKey.bytes, keys.secretKey.bytes)
  const sections: Section[] = [
    { type: SectionType.keys, data: keySection },
    { type: SectionType.dht, data: writeDhtSection(profile.dhtNodes) },
    { type: SectionType.friends, data: concat(...friends.map(writeFriendRecord), ...unreadableFriends) },
    { type: SectionType.name, data: profile.name },
    { type: SectionType.statusMessage, data: profile.statusMessage },
    { type: SectionType.status, data: Uint8Array.of(byteOfStatus(profile.status)) },
    { type: SectionType.pathNodes, data: writeSavedNodes(profile.pathNodes) },
    ...unknownSections,
    { type: SectionType.end, data: new Uint8Array(0) },
  ]
  const written = writeSections(sections, FILE_COOKIE)
  const file = concat(head.finish(), written)
  wipe(keySection, written)
  return file
}

function checkHead(bytes: Uint8Array): void {
  if (bytes.length < HEAD_BYTES) {
    const isBegun = bytes.every((byte, at) => byte === [0, 0, 0, 0, 0x1f, 0x1b, 0xed, 0x15][at])
    throw new ToxsaveError(isBegun ? 'cut' : 'notASavefile', 'the file is too short for a savefile')
  }
  const reader = new ByteReader(bytes)
  const zero = readU32Le(reader)
  if (zero !== 0 || readU32Le(reader) !== MAGIC) throw new ToxsaveError('notASavefile', 'the file is no Tox savefile')
}

/** Takes one section into the draft. A name or status that is out of bounds is left out, as c-toxcore does. */
function readSection(draft: Draft, { type, data }: Section): void {
  switch (type) {
    case SectionType.keys:
      readKeys(draft, data)
      return
    case SectionType.dht:
      draft.dhtNodes = readDhtSection(data)
      return
    case SectionType.friends:
      readFriends(draft, data)
      return
    case SectionType.name:
      if (data.length <= NAME_BYTES_MAX) draft.name = data.slice()
      return
    case SectionType.statusMessage:
      if (data.length <= STATUS_MESSAGE_BYTES_MAX) draft.statusMessage = data.slice()
      return
    case SectionType.status:
      draft.status = statusOfByte(data[0] ?? 0)
      return
    case SectionType.pathNodes:
      draft.pathNodes = readSavedNodes(data)
      return
    default:
      draft.unknownSections.push({ type, data: data.slice() })
  }
}

/** nospam (4), public key (32), secret key (32). */
function readKeys(draft: Draft, data: Uint8Array): void {
  if (data.length !== KEYS_SECTION_BYTES) throw new ToxsaveError('malformed', 'the key section has another length')
  draft.keys?.secretKey.wipe()
  const keys = keyPairOf(new SecretKey(data.subarray(36)))
  if (!equalBytes(keys.publicKey.bytes, data.subarray(4, 36))) {
    keys.secretKey.wipe()
    throw new ToxsaveError('badKeys', 'public and secret key of the savefile do not belong together')
  }
  draft.keys = keys
  draft.nospam = data.slice(0, 4)
}

function readFriends(draft: Draft, data: Uint8Array): void {
  if (data.length % FRIEND_RECORD_BYTES !== 0) {
    throw new ToxsaveError('malformed', 'the friends section has no whole number of records')
  }
  for (let at = 0; at < data.length; at += FRIEND_RECORD_BYTES) {
    const record = data.subarray(at, at + FRIEND_RECORD_BYTES)
    if (record[0] === 0) continue
    const friend = readFriendRecord(record)
    if (friend) draft.friends.push(friend)
    else draft.unreadableFriends.push(record.slice())
  }
}
