/** Places in a conversation: after the messages with these ids and all between; 0 is before all, infinity after the newest. */
export interface Places {
  readonly from: number
  readonly to: number
}

export function includes(places: Places | undefined, wanted: Places): boolean {
  if (wanted.from > wanted.to) return true
  return places !== undefined && places.from <= wanted.from && places.to >= wanted.to
}

/**
 * What is missing of what is wanted, and what is there once that has come: one run of places, so that it begins anew where
 * the two do not touch.
 */
export function extended(
  places: Places | undefined,
  wanted: Places,
): { readonly missing: readonly Places[]; readonly whole: Places } {
  if (!places || wanted.to < places.from - 1 || wanted.from > places.to + 1) return { missing: [wanted], whole: wanted }
  const older = { from: wanted.from, to: places.from - 1 }
  const newer = { from: places.to + 1, to: wanted.to }
  return {
    missing: [...(wanted.from < places.from ? [older] : []), ...(wanted.to > places.to ? [newer] : [])],
    whole: { from: Math.min(places.from, wanted.from), to: Math.max(places.to, wanted.to) },
  }
}
