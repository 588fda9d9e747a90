import { useState } from 'react'
import type { Storage, StorageChange } from '../../../shared/model/storage.ts'
import { useStores } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Select } from '../../ui/select.tsx'
import { Slider } from '../../ui/slider.tsx'
import { Fields } from '../settings/page.tsx'
import { TtlSelect } from '../settings/ttl-select.tsx'
import { allocationSteps } from './allocation-steps.ts'

const KIB = 2 ** 10
const MIB = 2 ** 20
const GIB = 2 ** 30
const RECORD_CHOICES = [KIB, 4 * KIB, 16 * KIB, 64 * KIB]
const TRAFFIC_CHOICES = [20 * MIB, 50 * MIB, 100 * MIB, 200 * MIB, 500 * MIB, GIB, 5 * GIB]

/** How much, how large, how long and how often this computer keeps for others. Each change takes effect at once. */
export function StorageLimits({ storage }: { readonly storage: Storage }) {
  const t = useTexts().settings
  const formats = useFormats()
  const stores = useStores()
  const ask = useAsk()
  const change = (part: StorageChange): void => void ask(t.notKept, () => stores.storageNode.getState().change(part))
  return (
    <>
      <Allocation storage={storage} onCommit={(allocationBytes) => change({ allocationBytes })} />
      <Fields>
        <Select
          label={t.storage.recordMax}
          value={storage.recordBytesMax}
          options={sizes(RECORD_CHOICES, storage.recordBytesMax, formats.bytes)}
          onChange={(recordBytesMax) => change({ recordBytesMax })}
        />
        <TtlSelect
          label={t.storage.ttlMax}
          value={storage.ttlSecondsMax}
          onChange={(ttlSecondsMax) => change({ ttlSecondsMax })}
        />
        <Select
          label={t.storage.traffic}
          value={storage.trafficBytesPerDayMax}
          options={sizes(TRAFFIC_CHOICES, storage.trafficBytesPerDayMax, formats.bytes)}
          onChange={(trafficBytesPerDayMax) => change({ trafficBytesPerDayMax })}
        />
      </Fields>
    </>
  )
}

/** The choices, and the present setting among them. */
function sizes(choices: readonly number[], present: number, format: (bytes: number) => string) {
  return [...new Set([...choices, present])].sort((a, b) => a - b).map((value) => ({ value, label: format(value) }))
}

interface AllocationProps {
  readonly storage: Storage
  readonly onCommit: (bytes: number) => void
}

function Allocation({ storage, onCommit }: AllocationProps) {
  const t = useTexts().settings.storage
  const formats = useFormats()
  const [moving, setMoving] = useState<number>()
  const { allocationBytes, diskFreeBytes } = storage
  const steps = allocationSteps(allocationBytes, diskFreeBytes)
  const bytesAt = (index: number): number => steps[index] ?? 0
  return (
    <Slider
      label={t.allocation}
      value={moving ?? steps.indexOf(allocationBytes)}
      min={0}
      max={steps.length - 1}
      format={(index) => (bytesAt(index) === 0 ? t.allocationOff : formats.bytes(bytesAt(index)))}
      onChange={setMoving}
      onCommit={(index) => {
        setMoving(undefined)
        onCommit(bytesAt(index))
      }}
      {...(diskFreeBytes === undefined ? {} : { description: t.diskFree(formats.bytes(diskFreeBytes)) })}
    />
  )
}
