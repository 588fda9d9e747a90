const HOUR_S = 3_600
const DAY_S = 86_400

const CHOICES_S: readonly number[] = [HOUR_S, DAY_S, 2 * DAY_S, 7 * DAY_S, 14 * DAY_S, 30 * DAY_S]

/** How long messages may wait, in seconds, with the present length among the choices. */
export function ttlChoices(presentSeconds: number): number[] {
  return [...new Set([...CHOICES_S, presentSeconds])].toSorted((a, b) => a - b)
}
