const MIB = 2 ** 20
const GIB = 2 ** 30

/** What the slider offers: off, then doubling from 16 MiB; below 1 MiB a vault could not hold one record of each size. */
const ALL_STEPS = [0, ...Array.from({ length: 15 }, (_, index) => 16 * MIB * 2 ** index)]

/**
 * The steps that fit: up to half of the disk's free space (and what is used of it already), at least 256 MiB, and always
 * the present setting, so that the slider stands where the setting is.
 */
export function allocationSteps(presentBytes: number, freeBytes: number | undefined): number[] {
  const most = Math.max(256 * MIB, freeBytes === undefined ? 64 * GIB : freeBytes / 2 + presentBytes)
  const steps = new Set(ALL_STEPS.filter((step) => step <= most))
  steps.add(presentBytes)
  return [...steps].sort((a, b) => a - b)
}
