/**
 * How long two people take from both started to both online, by Tox ID and a friend request alone: ours, libtoxcore's,
 * and one of each, with the same tox-bootstrapd.
 *
 * Run: npm run bench:online (needs libtoxcore, tox-bootstrapd and a C compiler)
 */
import { LoopbackNetwork, type PairKinds } from '../main/interop/loopback-network.ts'
import { befriend } from '../main/interop/person.ts'
import { type Figure, quantile, writeReport } from './report.ts'

const REPETITIONS = 7
const RATIO_TO_REACH = 1.1
const PAIRS: readonly PairKinds[] = [
  ['ours', 'ours'],
  ['ours', 'libtoxcore'],
  ['libtoxcore', 'ours'],
  ['libtoxcore', 'libtoxcore'],
]

const network = new LoopbackNetwork()
const times = new Map(PAIRS.map((kinds) => [kinds, [] as number[]]))
try {
  const bootstrapd = await network.startBootstrapd()
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    for (const [kinds, seconds] of times) {
      const guests = new LoopbackNetwork()
      const [alice, bob] = await guests.startPair(kinds, { point: bootstrapd })
      const startedAt = performance.now()
      await befriend(alice, bob)
      seconds.push((performance.now() - startedAt) / 1_000)
      await guests.end()
      process.stdout.write(`${kinds.join(' with ')}: ${seconds.at(-1)?.toFixed(2)} s\n`)
    }
  }
} finally {
  await network.end()
}

const [ours, , , theirs] = [...times.values()].map((seconds) => quantile(seconds, 0.5))
writeReport({
  name: 'online',
  title: 'From both started to both online',
  method:
    `Median of ${REPETITIONS} on loopback, one tox-bootstrapd for all: both people start with new keys and know nothing else; the ` +
    "first asks by the other's Tox ID, the other accepts at once, and each sees the other online. libtoxcore is 0.2.18. " +
    'The pairs take turns.',
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
