/** A place is a whole number below 2^48 (docs/PROTOCOL.md, "Places"). */
const PLACES = 2 ** 48
/** The picture is a square of this many units a side; the circle leaves room for marks around it. */
export const PICTURE_UNITS = 200
const CENTRE = PICTURE_UNITS / 2
export const CIRCLE_RADIUS = 84

export interface Point {
  readonly x: number
  readonly y: number
}

/** Where a place stands: 0 at the top, growing clockwise. */
export function pointOf(place: number, radius = CIRCLE_RADIUS): Point {
  const angle = (place / PLACES) * 2 * Math.PI
  return { x: rounded(CENTRE + radius * Math.sin(angle)), y: rounded(CENTRE - radius * Math.cos(angle)) }
}

/** An SVG path along the circle from one place clockwise to another; a whole circle where they are the same. */
export function arcPath(from: number, to: number, radius = CIRCLE_RADIUS): string {
  const steps = (to - from + PLACES) % PLACES
  if (steps === 0) return `${arcPath(from, from + PLACES / 2, radius)} ${arcPath(from + PLACES / 2, from, radius)}`
  const start = pointOf(from, radius)
  const end = pointOf(to, radius)
  const isLong = steps > PLACES / 2 ? 1 : 0
  return `M ${start.x} ${start.y} A ${radius} ${radius} 0 ${isLong} 1 ${end.x} ${end.y}`
}

/** A chord from one place to another, bent towards the middle so that near neighbours can be told apart. */
export function chordPath(from: number, to: number): string {
  const start = pointOf(from)
  const end = pointOf(to)
  const bent = (a: number, b: number): number => rounded(CENTRE + ((a + b) / 2 - CENTRE) * 0.5)
  return `M ${start.x} ${start.y} Q ${bent(start.x, end.x)} ${bent(start.y, end.y)} ${end.x} ${end.y}`
}

function rounded(units: number): number {
  return Math.round(units * 100) / 100
}
