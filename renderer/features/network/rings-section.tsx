import { useMemo, useState } from 'react'
import { useNetwork } from '../../app-context.tsx'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { Section } from '../settings/page.tsx'
import table from '../settings/table.module.css'
import { type Ring, type RingLookup, type RingMark, ringMarks } from './ring-marks.ts'
import { RingLegend, RingPicture } from './ring-picture.tsx'
import styles from './rings-section.module.css'

const LOOKUPS_DRAWN_MAX = 5

/** The three circles, one at a time: the picture, its last lookups, and everybody on it as a table. */
export function RingsSection() {
  const t = useTexts().settings.network
  const rings = useNetwork((state) => state.rings)
  const [shown, setShown] = useState(0)
  const ring = rings[shown]
  return (
    <Section title={t.rings} lead={t.ringsLead}>
      <Tabs
        label={t.rings}
        value={shown}
        tabs={rings.map((view, index) => ({ value: index, label: t.ring(view.ring + 1) }))}
        onChange={setShown}
      >
        {ring && <RingPanel ring={ring} />}
      </Tabs>
    </Section>
  )
}

function RingPanel({ ring }: { readonly ring: Ring }) {
  const t = useTexts().settings.network
  const all = useNetwork((state) => state.lookups)
  const lookups = useMemo(() => all.filter((lookup) => lookup.ring === ring.ring), [all, ring.ring])
  return (
    <div className={styles.panel}>
      {!ring.ownRange && <p className={table.quiet}>{t.ringNone}</p>}
      <RingPicture ring={ring} lookups={lookups.slice(0, LOOKUPS_DRAWN_MAX)} />
      <RingLegend />
      <h3 className={styles.small}>{t.lookups}</h3>
      <Lookups lookups={lookups} />
      <details className={styles.contacts}>
        <summary>{t.contacts}</summary>
        <Contacts marks={ringMarks(ring)} />
      </details>
    </div>
  )
}

function Lookups({ lookups }: { readonly lookups: readonly RingLookup[] }) {
  const t = useTexts().settings.network
  const formats = useFormats()
  if (lookups.length === 0) return <p className={table.quiet}>{t.lookupNone}</p>
  return (
    <ol className={styles.lookups}>
      {lookups.map(({ startedAt, place, hops, durationMs, ownerKey }) => {
        const silentCount = hops.filter(({ outcome }) => outcome === 'silent').length
        return (
          <li key={`${startedAt} ${place}`}>
            <span className={styles.time}>{formats.time(startedAt)}</span>
            <span>
              {t.lookup(hops.length - silentCount, formats.number(durationMs))}
              {silentCount > 0 && `, ${t.silentHops(silentCount)}`}
              {ownerKey === undefined && `, ${t.lookupLost}`}
            </span>
          </li>
        )
      })}
    </ol>
  )
}

function Contacts({ marks }: { readonly marks: readonly RingMark[] }) {
  const t = useTexts().settings.network
  const formats = useFormats()
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t.contactKey}</th>
          <th scope="col">{t.contactRole}</th>
          <th scope="col">{t.contactRtt}</th>
        </tr>
      </thead>
      <tbody>
        {marks.map(({ key, role, rttMs }) => (
          <tr key={key}>
            <th scope="row" className={table.mono}>
              {key.slice(0, 12)}…
            </th>
            <td>{t.legend[role]}</td>
            <td>{rttMs === undefined ? t.rttUnknown : t.ms(formats.number(rttMs))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
