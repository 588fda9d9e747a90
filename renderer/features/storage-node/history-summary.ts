import type { StorageSample } from '../../../shared/model/storage.ts'
import type { Voice } from '../../text/voice.tsx'

/** The chart in words. */
export function historySummary(
  history: readonly StorageSample[],
  { texts, formats }: Pick<Voice, 'texts' | 'formats'>,
): string {
  const used = history.map(({ usedBytes }) => usedBytes)
  const least = formats.bytes(Math.min(...used))
  const most = formats.bytes(Math.max(...used))
  return texts.settings.storage.chartSummary(least, most)
}
