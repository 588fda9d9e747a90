import { concat } from '../base/bytes.ts'
import { type Random, randomBelow, randomBytes, randomItem } from '../base/random.ts'

const EXTENSION_BYTES_MAX = 40
const EDGES = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff]

/** Bytes to throw at a reader: noise, or one of `samples` as it is, changed, cut, lengthened, or mixed with another. */
export function hostileBytes(random: Random, samples: readonly Uint8Array[], noiseBytesMax = 1_500): Uint8Array {
  const way = randomBelow(random, 10)
  if (way === 0 || samples.length === 0) return randomBytes(random, randomBelow(random, noiseBytesMax + 1))
  const sample = randomItem(random, samples)
  if (way === 1) return sample.slice()
  if (way === 2) return sample.slice(0, randomBelow(random, sample.length + 1))
  if (way === 3) return concat(sample, randomBytes(random, 1 + randomBelow(random, EXTENSION_BYTES_MAX)))
  if (way === 4) return spliced(random, sample, randomItem(random, samples))
  if (way === 5) return withoutStretch(random, sample)
  return changed(random, sample)
}

/** One to four bytes set to an edge or to anything. */
function changed(random: Random, sample: Uint8Array): Uint8Array {
  const bytes = sample.slice()
  const count = 1 + randomBelow(random, 4)
  for (let turn = 0; turn < count && bytes.length > 0; turn += 1) {
    // The first bytes decide most: kinds, counts and lengths stand there.
    const reach = randomBelow(random, 2) === 0 ? Math.min(bytes.length, 16) : bytes.length
    const value = randomBelow(random, 2) === 0 ? randomItem(random, EDGES) : randomBelow(random, 256)
    bytes[randomBelow(random, reach)] = value
  }
  return bytes
}

function spliced(random: Random, left: Uint8Array, right: Uint8Array): Uint8Array {
  const head = left.subarray(0, randomBelow(random, left.length + 1))
  return concat(head, right.subarray(randomBelow(random, right.length + 1)))
}

function withoutStretch(random: Random, sample: Uint8Array): Uint8Array {
  const from = randomBelow(random, sample.length + 1)
  const until = from + randomBelow(random, sample.length - from + 1)
  return concat(sample.subarray(0, from), sample.subarray(until))
}
