import { toHex, utf8Encode } from '../base/bytes.ts'
import { type Random, randomBytes, SeededRandom } from '../base/random.ts'
import { MINUTE_MS } from '../base/time.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { createProfile } from '../engine/profile-file.ts'
import { ProfileFolder } from './profile-folder.ts'

export interface BigProfile {
  /** Where it is made: nothing may be there yet. */
  readonly folder: string
  /** In all; 100,000 unless said otherwise. They are shared out over the friends in turn. */
  readonly messageCount?: number
  /** 1 unless said otherwise. */
  readonly friendCount?: number
  readonly seed?: number
  /** Encrypts it. */
  readonly passphrase?: string
}

export interface MadeProfile {
  /** Public keys in upper-case hex, in the order in which they are shared out. */
  readonly friends: readonly string[]
  /** The first message of the first friend holds this word, and no other does. */
  readonly firstWord: string
}

const MESSAGE_COUNT = 100_000
const FIRST_WORD = 'Ümläute'
const WORDS = 'when the train from the north comes in we take the small road along the river and wait for you'.split(
  ' ',
)
/** Messages end here and go back a minute each, so that every day separator is one. */
const NEWEST_AT = Date.UTC(2026, 0, 2, 12)

/**
 * Makes a profile with a long history, for benches and for tests of what a long history does: 100,000 messages in some
 * seconds. Message 1 says "Ümläute", which a search for "umlaute" has to find. Every third message is an own one, every
 * hundredth is long. All received ones have been read.
 *
 * From a shell: `node main/host/test-big-profile.ts FOLDER [MESSAGES [FRIENDS]]` prints what it made as JSON; then
 * `ampoule web --profile FOLDER` or `ampoule serve --stdio --profile FOLDER` opens it.
 */
export async function makeBigProfile(wanted: BigProfile): Promise<MadeProfile> {
  await sodiumReady
  const random = new SeededRandom(wanted.seed ?? 1)
  const friends = Array.from({ length: wanted.friendCount ?? 1 }, () => createKeyPair(random).publicKey)
  const identity = {
    ...createProfile(random),
    name: utf8Encode('Lena'),
    friends: friends.map((publicKey, at) => ({
      state: 'confirmed' as const,
      publicKey,
      name: utf8Encode(`Friend ${at + 1}`),
      statusMessage: new Uint8Array(0),
      status: 'none' as const,
      lastSeenAt: NEWEST_AT,
    })),
  }
  const passphrase = wanted.passphrase === undefined ? undefined : utf8Encode(wanted.passphrase)
  const profile = new ProfileFolder(wanted.folder, { identity, passphrase, random })
  const keys = friends.map(({ hex }) => hex)
  try {
    profile.database.transaction(() => fill(profile, keys, wanted.messageCount ?? MESSAGE_COUNT, random))
  } finally {
    profile.close()
  }
  return { friends: keys, firstWord: FIRST_WORD }
}

function fill({ database }: ProfileFolder, friends: readonly string[], count: number, random: Random): void {
  for (const friend of friends) database.friends.setLastSeen(friend, NEWEST_AT)
  for (let at = 0; at < count; at += 1) {
    const isOutgoing = at % 3 === 0 && at > 0
    database.messages.insert({
      friend: friends[at % friends.length] ?? '',
      messageId: toHex(randomBytes(random, 16)),
      isOutgoing,
      content: { kind: 'text', text: at === 0 ? `${FIRST_WORD} am Anfang` : textOf(at) },
      sentAt: NEWEST_AT - (count - at) * MINUTE_MS,
      state: isOutgoing ? 'read' : 'received',
      ...(isOutgoing ? {} : { sequence: at }),
    })
  }
  for (const friend of friends) database.messages.markRead(friend, Number.MAX_SAFE_INTEGER)
}

function textOf(at: number): string {
  const length = at % 100 === 0 ? 200 : 3 + (at % 12)
  return `${at}: ${Array.from({ length }, (_, word) => WORDS[(at * 7 + word) % WORDS.length]).join(' ')}`
}

if (import.meta.main) {
  const [folder, messages = '100000', friends = '1'] = process.argv.slice(2)
  if (folder === undefined) throw new Error('node main/host/test-big-profile.ts FOLDER [MESSAGES [FRIENDS]]')
  const made = await makeBigProfile({ folder, messageCount: Number(messages), friendCount: Number(friends) })
  process.stdout.write(`${JSON.stringify(made)}\n`)
}
