import { useState } from 'react'
import type { ProofMeasure } from '../../../shared/model/storage.ts'
import { useAppInfo, useProof, useStores } from '../../app-context.tsx'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/select.tsx'
import { Slider } from '../../ui/slider.tsx'
import { Switch } from '../../ui/switch.tsx'
import { Actions, Section } from './page.tsx'
import styles from './table.module.css'
import { useBusyAsk } from './use-busy-ask.ts'
import { useSettingsAndChange } from './use-setting.ts'

const ALGORITHMS = ['argon2id', 'sha512d'] as const

export function ProofPage() {
  const t = useTexts().settings.proof
  const { settings, change } = useSettingsAndChange()
  if (!settings) return undefined
  return (
    <>
      <Section lead={t.lead}>
        <Threads threads={settings.proofThreads} onCommit={(proofThreads) => change({ proofThreads })} />
        <Switch
          label={t.mains}
          description={t.mainsLead}
          isOn={settings.proofOnlyOnMains}
          onChange={(proofOnlyOnMains) => change({ proofOnlyOnMains })}
        />
        <Select
          label={t.algorithm}
          value={settings.proofAlgorithm}
          options={ALGORITHMS.map((value) => ({ value, label: t.algorithms[value] }))}
          onChange={(proofAlgorithm) => change({ proofAlgorithm })}
        />
      </Section>
      <Measured />
    </>
  )
}

interface ThreadsProps {
  readonly threads: number
  readonly onCommit: (threads: number) => void
}

function Threads({ threads, onCommit }: ThreadsProps) {
  const t = useTexts().settings.proof
  const [moving, setMoving] = useState<number>()
  // Of the computer that computes the proofs: a browser may be on another one.
  const cores = useAppInfo(({ info }) => info?.cores)
  const all = Math.max(threads, cores ?? threads)
  return (
    <Slider
      label={t.threads}
      value={moving ?? threads}
      min={1}
      max={Math.max(2, all)}
      format={(count) => t.threadsValue(count, all)}
      onChange={setMoving}
      onCommit={(count) => {
        setMoving(undefined)
        onCommit(Math.min(count, all))
      }}
    />
  )
}

function Measured() {
  const t = useTexts().settings.proof
  const stores = useStores()
  const measured = useProof((state) => state.measured)
  const { isBusy, ask } = useBusyAsk()
  return (
    <Section title={t.measured}>
      {measured ? <Figures measured={measured} /> : <p className={styles.quiet}>{t.notMeasured}</p>}
      <Actions>
        <Button isBusy={isBusy} onClick={() => void ask(t.notDone, () => stores.proof.getState().measure())}>
          {t.measure}
        </Button>
      </Actions>
    </Section>
  )
}

function Figures({ measured }: { readonly measured: ProofMeasure }) {
  const t = useTexts().settings.proof
  const formats = useFormats()
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t.method}</th>
            <th scope="col">{t.speed}</th>
            <th scope="col">{t.cost}</th>
          </tr>
        </thead>
        <tbody>
          {measured.algorithms.map(({ name, trialsPerSecond, secondsPerMessage }) => (
            <tr key={name}>
              <th scope="row">{t.algorithms[name]}</th>
              <td>{t.perSecond(formats.number(trialsPerSecond))}</td>
              <td>{formats.duration(secondsPerMessage)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
