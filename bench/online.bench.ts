/**
 * How long two people take from both started to both online, by Tox ID and a friend request alone: ours, libtoxcore's,
 * and one of each, with the same tox-bootstrapd.
 *
 * Run: npm run bench:online (needs libtoxcore, tox-bootstrapd and a C compiler)
 */
import type { BootstrapPoint } from '../main/interop/bootstrapd.ts'
import { LoopbackNetwork, type PairKinds } from '../main/interop/loopback-network.ts'
import { befriend } from '../main/interop/person.ts'
import { type Figure, quantile, writeReport } from './report.ts'

const REPETITIONS = 5
const RATIO_TO_REACH = 1.1
const PAIRS: readonly PairKinds[] = [
  ['ours', 'ours'],
  ['ours', 'libtoxcore'],
  ['libtoxcore', 'ours'],
  ['libtoxcore', 'libtoxcore'],
]

const times = new Map(PAIRS.map((kinds) => [kinds, [] as number[]]))
for (let repetition = 0; repetition < REPETITIONS; repetition += 1) await measureAll()

const [ours, , , theirs] = [...times.values()].map((seconds) => quantile(seconds, 0.5))
writeReport({
  name: 'online',
  title: 'From both started to both online',
  method:
    `Median of ${REPETITIONS} on loopback; the pairs take turns with the same tox-bootstrapd, a new one for each round. Both people ` +
    "start with new keys and know nothing else; the first asks by the other's Tox ID, the other accepts at once, and each " +
    'sees the other online. libtoxcore is 0.2.18.',
  figures: [
    ...[...times].map(([kinds, seconds]) => figureOf(kinds.join(' with '), seconds)),
    {
      name: 'ours with ours / libtoxcore with libtoxcore',
      value: (ours ?? Number.NaN) / (theirs ?? Number.NaN),
      unit: '',
      reach: `at most ${RATIO_TO_REACH}`,
    },
  ],
})

function figureOf(name: string, seconds: readonly number[]): Figure {
  const range = [Math.min(...seconds), Math.max(...seconds)].map((value) => value.toFixed(2))
  return { name, value: `${quantile(seconds, 0.5).toFixed(2)} s (${range.join(' to ')})`, unit: '' }
}

/**
 * Each pair once. A new tox-bootstrapd each time: it keeps those who left on its lists for two minutes, and where they
 * fill a list it has no place for those who come, whosever they are.
 */
async function measureAll(): Promise<void> {
  const network = new LoopbackNetwork()
  try {
    const point = await network.startBootstrapd()
    for (const [kinds, seconds] of times) {
      seconds.push(await measure(kinds, point))
      process.stdout.write(`${kinds.join(' with ')}: ${seconds.at(-1)?.toFixed(2)} s\n`)
    }
  } finally {
    await network.end()
  }
}

async function measure(kinds: PairKinds, point: BootstrapPoint): Promise<number> {
  const people = new LoopbackNetwork()
  try {
    const [alice, bob] = await people.startPair(kinds, { point })
    const startedAt = performance.now()
    await befriend(alice, bob)
    return (performance.now() - startedAt) / 1_000
  } finally {
    await people.end()
  }
}
