/**
 * What one more idle node costs: memory, and CPU a second. A node is the whole of it: socket, Tox's DHT, rings, vault
 * on disk.
 *
 * Run: npm run bench:idle
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sodiumReady } from '../main/crypto/sodium.ts'
import { type LoopbackNode, startNodes } from './loopback-node.ts'
import { cpuMs, type Figure, sleep, writeReport } from './report.ts'

const BATCH = 24
const SETTLE_SECONDS = 150
const MEASURE_SECONDS = 60

await sodiumReady
const folder = mkdtempSync(join(tmpdir(), 'ampoule-bench-'))
try {
  const nodes = await startNodes(BATCH, { folder })
  const withFew = await measureIdle(nodes)
  nodes.push(...(await startNodes(BATCH, { folder }, nodes[0])))
  const withMany = await measureIdle(nodes)
  const perNode = (of: (idle: Idle) => number) => (of(withMany) - of(withFew)) / BATCH
  const cpu = perNode((idle) => idle.cpuMsPerSecond)
  const figures: Figure[] = [
    {
      name: 'one more node: heap and buffers',
      value: perNode((idle) => idle.heapBytes) / 1_000,
      unit: 'KB',
      reach: '300',
      others: 'HyperDHT 192 to 356, OpenDHT 80',
    },
    { name: 'one more node: resident memory', value: perNode((idle) => idle.residentBytes) / 1_000, unit: 'KB' },
    { name: 'one more node: CPU per second', value: cpu, unit: 'ms', reach: 'under 0.2' },
    {
      name: `CPU per node and second, of ${nodes.length} nodes`,
      value: withMany.cpuMsPerSecond / nodes.length,
      unit: 'ms',
    },
    { name: 'datagrams sent per node and second', value: withMany.datagramsPerSecond / nodes.length, unit: '' },
  ]
  writeReport({
    name: 'idle',
    title: 'One more idle node',
    method:
      `${BATCH} nodes on loopback in one process (Tox DHT, rings, vault in a file), left alone for ${SETTLE_SECONDS} s, measured ` +
      `after garbage collection and over ${MEASURE_SECONDS} s; then the same with ${BATCH} more. A figure of one more node is the difference, ` +
      `divided by ${BATCH}: what the others remember of it counts too.`,
    figures,
  })
  await Promise.all(nodes.map((node) => node.close()))
} finally {
  rmSync(folder, { recursive: true })
}

interface Idle {
  readonly cpuMsPerSecond: number
  readonly datagramsPerSecond: number
  readonly heapBytes: number
  readonly residentBytes: number
}

async function measureIdle(nodes: readonly LoopbackNode[]): Promise<Idle> {
  const datagramsSent = () => nodes.reduce((sum, { counts }) => sum + counts.sent, 0)
  await sleep(SETTLE_SECONDS * 1_000)
  const sentBefore = datagramsSent()
  const before = cpuMs()
  const startedAt = performance.now()
  await sleep(MEASURE_SECONDS * 1_000)
  const seconds = (performance.now() - startedAt) / 1_000
  const cpuMsPerSecond = (cpuMs() - before) / seconds
  const datagramsPerSecond = (datagramsSent() - sentBefore) / seconds
  for (let round = 0; round < 3; round += 1) globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  console.log(`${nodes.length} nodes: ${(cpuMsPerSecond / nodes.length).toFixed(3)} ms of CPU per node and second`)
  return { cpuMsPerSecond, datagramsPerSecond, heapBytes: heapUsed + external, residentBytes: rss }
}
