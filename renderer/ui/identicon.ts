/** One tile of the picture: a path in a square of side 1, moved to `x`, `y` of a 6 by 6 field. */
interface Shape {
  readonly path: string
  readonly x: number
  readonly y: number
  readonly isFaint: boolean
}

export interface Identicon {
  readonly background: string
  readonly foreground: string
  readonly shapes: readonly Shape[]
}

/** Tiles of a quarter circle at each corner, a full square, and a disc; the mirrored half turns them over. */
const TILES = [
  'M0 0H1A1 1 0 0 1 0 1Z',
  'M1 0V1A1 1 0 0 1 0 0Z',
  'M1 1H0A1 1 0 0 1 1 0Z',
  'M0 1V0A1 1 0 0 1 1 1Z',
  'M0 0H1V1H0Z',
  'M.5 0A.5 .5 0 0 1 .5 1A.5 .5 0 0 1 .5 0Z',
] as const
/** What each tile is in the mirror. */
const MIRRORED = [1, 0, 3, 2, 4, 5] as const
const FIELD = 4
const MARGIN = 1

/** The picture of a key: 8 tiles and their mirror image, in one of 24 hues. */
export function identiconOf(publicKey: string): Identicon {
  const digits = Array.from(publicKey, (digit) => Number.parseInt(digit, 16))
  const at = (index: number): number => digits[index] ?? 0
  const hue = ((at(0) * 16 + at(1)) % 24) * 15
  const shapes: Shape[] = []
  for (let y = 0; y < FIELD; y += 1) {
    for (let x = 0; x < FIELD / 2; x += 1) {
      const index = 2 + (y * 2 + x) * 2
      const tile = at(index) % 8
      if (tile >= TILES.length) continue
      const isFaint = at(index + 1) % 3 === 0
      shapes.push({ path: TILES[tile] ?? '', x: x + MARGIN, y: y + MARGIN, isFaint })
      const mirrored = TILES[MIRRORED[tile] ?? 0] ?? ''
      shapes.push({ path: mirrored, x: FIELD - 1 - x + MARGIN, y: y + MARGIN, isFaint })
    }
  }
  return { background: `oklch(0.52 0.09 ${hue})`, foreground: `oklch(0.95 0.04 ${hue})`, shapes }
}
