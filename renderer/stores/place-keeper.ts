import { z } from 'zod'
import { type Place, SETTINGS_PAGES } from './view-store.ts'
import type { Stores } from './stores.ts'

const NAME = 'place'

/**
 * What is kept: in the tab's session storage, which outlives a reload and a page that fell over. Browsers write it to their
 * disk, so no friend's key is in it but a digest with the run of the host, which nobody knows once that has ended.
 */
const Kept = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('conversation'), friend: z.string() }),
  z.strictObject({ kind: z.literal('settings'), page: z.enum(SETTINGS_PAGES).optional() }),
])
type Kept = z.infer<typeof Kept>

type KeptIn = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
type StoresOfPlace = Pick<Stores, 'view' | 'friends' | 'app'>

/**
 * Goes back to where this window was before it was loaded anew, and keeps where it is from then on.
 *
 * openStorage  may throw, as all that is done with the storage may: browsers forbid it, or have no room. Then a reload
 *              begins at home, and nothing else is lost
 */
export function keepPlace(stores: StoresOfPlace, openStorage: () => KeptIn, onFailure: (error: unknown) => void): void {
  const { friends } = stores
  const stop = friends.subscribe(({ isLoaded }) => {
    if (!isLoaded) return
    stop()
    begin(stores, openStorage).catch(onFailure)
  })
}

async function begin({ view, friends, app }: StoresOfPlace, openStorage: () => KeptIn): Promise<void> {
  await app.getState().loadInfo()
  const run = app.getState().info?.run ?? ''
  const place = await placeOf(readKept(openStorage), run, Object.keys(friends.getState().byKey))
  if (place) view.getState().returnTo(place)
  let newest = view.getState().place
  const keep = async (now: Place): Promise<void> => {
    newest = now
    const kept = await keptOf(now, run)
    // The person may have gone on meanwhile.
    if (now !== newest) return
    writeKept(openStorage, kept)
  }
  view.subscribe((state, before) => {
    if (state.place !== before.place) void keep(state.place)
  })
  await keep(view.getState().place)
}

function readKept(openStorage: () => KeptIn): Kept | undefined {
  try {
    return Kept.parse(JSON.parse(openStorage().getItem(NAME) ?? ''))
  } catch {
    // Nothing is there, or what another version wrote, or nothing may be read.
    return undefined
  }
}

function writeKept(openStorage: () => KeptIn, kept: Kept | undefined): void {
  try {
    if (kept) openStorage().setItem(NAME, JSON.stringify(kept))
    else openStorage().removeItem(NAME)
  } catch {
    // Not kept; see keepPlace.
  }
}

async function placeOf(kept: Kept | undefined, run: string, keys: readonly string[]): Promise<Place | undefined> {
  if (kept?.kind !== 'conversation') return kept && { kind: 'settings', page: kept.page }
  const digests = await Promise.all(keys.map((key) => digestOf(run, key)))
  const friend = keys[digests.indexOf(kept.friend)]
  return friend === undefined ? undefined : { kind: 'conversation', friend }
}

async function keptOf(place: Place, run: string): Promise<Kept | undefined> {
  if (place.kind === 'home') return undefined
  if (place.kind === 'conversation') return { kind: 'conversation', friend: await digestOf(run, place.friend) }
  return { kind: 'settings', ...(place.page === undefined ? {} : { page: place.page }) }
}

async function digestOf(run: string, key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${run} ${key}`))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
