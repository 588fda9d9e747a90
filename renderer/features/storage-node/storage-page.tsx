import { lazy, Suspense, useEffect, useState } from 'react'
import type { Storage } from '../../../shared/model/storage.ts'
import { useNetwork, useStorageNode, useStores } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Switch } from '../../ui/switch.tsx'
import { Actions, Facts, Section } from '../settings/page.tsx'
import { useBusyAsk } from '../settings/use-busy-ask.ts'
import { groupRefusals } from './refusal-groups.ts'
import { HistoryInWords } from './history-in-words.tsx'
import { RoleBanner } from './role-banner.tsx'
import { StorageLimits } from './storage-limits.tsx'
import styles from './storage-page.module.css'

/** uPlot asks the system for its language when it is loaded, and throws where that is no language tag. */
const StorageChart = lazy(async () => {
  try {
    const { StorageChart: component } = await import('./storage-chart.tsx')
    return { default: component }
  } catch {
    return { default: HistoryInWords }
  }
})

/** What switching on gives where nothing was set before: the design's default. */
const ALLOCATION_BYTES_DEFAULT = 256 * 2 ** 20
/** Points come every ten minutes. */
const HISTORY_RELOAD_MS = 60_000

export function StoragePage() {
  const t = useTexts().settings
  const storage = useStorageNode((state) => state.storage)
  const network = useNetwork((state) => state.network)
  const stores = useStores()
  const ask = useAsk()
  if (!storage) return undefined
  const isOn = storage.allocationBytes > 0
  const change = (isToBeOn: boolean): void => {
    const allocationBytes = isToBeOn ? ALLOCATION_BYTES_DEFAULT : 0
    void ask(t.notKept, () => stores.storageNode.getState().change({ allocationBytes }))
  }
  return (
    <>
      <Section lead={t.storage.lead}>
        <Switch label={t.storage.isOn} description={t.storage.isOnLead} isOn={isOn} onChange={change} />
        {isOn && network && (
          <div className={styles.banner}>
            <RoleBanner network={network} />
          </div>
        )}
        {isOn && <StorageLimits storage={storage} />}
      </Section>
      <HeldSection storage={storage} />
      <DaySection />
      {isOn && <ClearSection />}
    </>
  )
}

function HeldSection({ storage }: { readonly storage: Storage }) {
  const t = useTexts().settings.storage
  const formats = useFormats()
  const refusals = groupRefusals(storage.refusedToday)
  const { usedBytes, allocationBytes } = storage
  return (
    <Section title={t.held}>
      {allocationBytes > 0 && (
        <div className={styles.gauge}>
          <Progress label={t.held} share={Math.min(1, usedBytes / allocationBytes)} />
          <span>{t.gauge(formats.bytes(usedBytes), formats.bytes(allocationBytes))}</span>
        </div>
      )}
      <Facts
        facts={[
          { name: t.records, value: formats.number(storage.records) },
          { name: t.served, value: formats.number(storage.servedToday) },
          {
            name: t.trafficToday,
            value: t.sentReceived(formats.bytes(storage.sentBytesToday), formats.bytes(storage.receivedBytesToday)),
          },
        ]}
      />
      <div>
        <h3 className={styles.small}>{t.refused}</h3>
        {refusals.length === 0 ? (
          <p className={styles.quiet}>{t.refusedNothing}</p>
        ) : (
          <ul className={styles.refusals}>
            {refusals.map(({ group, count }) => (
              <li key={group}>
                <span>{t.refusals[group]}</span>
                <span className={styles.count}>{formats.number(count)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  )
}

function DaySection() {
  const t = useTexts().settings.storage
  const stores = useStores()
  const history = useStorageNode((state) => state.history)
  useEffect(() => {
    // What cannot be drawn now is asked for again; the rest of the page does not depend on it.
    const load = (): void =>
      void stores.storageNode
        .getState()
        .loadHistory()
        .catch(() => undefined)
    load()
    const timer = setInterval(load, HISTORY_RELOAD_MS)
    return () => clearInterval(timer)
  }, [stores])
  return (
    <Section title={t.day}>
      {history.length < 2 ? (
        <p className={styles.quiet}>{t.chartNone}</p>
      ) : (
        <Suspense fallback={<div className={styles.chartSpace} />}>
          <StorageChart history={history} />
        </Suspense>
      )}
    </Section>
  )
}

function ClearSection() {
  const t = useTexts().settings
  const stores = useStores()
  const { isBusy, ask } = useBusyAsk()
  const [isAsking, setAsking] = useState(false)
  const clear = async (): Promise<void> => {
    setAsking(false)
    if (await ask(t.storage.notCleared, () => stores.storageNode.getState().clear())) {
      stores.toasts.getState().show({ kind: 'note', title: t.storage.cleared })
    }
  }
  return (
    <Section lead={t.storage.clearLead}>
      <Actions>
        <Button isBusy={isBusy} onClick={() => setAsking(true)}>
          {t.storage.clear}
        </Button>
      </Actions>
      <ConfirmDialog
        isOpen={isAsking}
        title={t.storage.clearTitle}
        body={t.storage.clearBody}
        confirmLabel={t.storage.clearConfirm}
        onConfirm={() => void clear()}
        onCancel={() => setAsking(false)}
      />
    </Section>
  )
}
