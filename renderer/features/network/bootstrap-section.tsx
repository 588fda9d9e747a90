import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { z } from 'zod'
import type { BootstrapNodeView } from '../../../shared/model/network.ts'
import { useNetwork, useStores } from '../../app-context.tsx'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Actions, Fields, Form, Section } from '../settings/page.tsx'
import styles from '../settings/table.module.css'
import { useBusyAsk } from '../settings/use-busy-ask.ts'
import { type NodeFault, nodeEntryOf } from './node-entry.ts'

type Node = z.infer<typeof BootstrapNodeView>

const EMPTY = { host: '', port: '33445', dhtKey: '' }
const NO_FAULTS: ReadonlySet<NodeFault> = new Set()

/** The nodes that one joins the network through, with what became of asking them. */
export function BootstrapSection() {
  const t = useTexts().settings.network
  const nodes = useNetwork((state) => state.bootstrapNodes)
  return (
    <Section title={t.bootstrap} lead={t.bootstrapLead}>
      {nodes.length === 0 ? <p className={styles.quiet}>{t.bootstrapNone}</p> : <NodeTable nodes={nodes} />}
      <AddNode />
    </Section>
  )
}

function NodeTable({ nodes }: { readonly nodes: readonly Node[] }) {
  const t = useTexts().settings
  const formats = useFormats()
  const stores = useStores()
  const { ask } = useBusyAsk()
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t.network.node}</th>
            <th scope="col">{t.network.state}</th>
            <th aria-hidden="true" />
          </tr>
        </thead>
        <tbody>
          {nodes.map(({ host, port, dhtKey, source, state, answeredAt }) => (
            <tr key={`${host} ${port} ${dhtKey}`}>
              <th scope="row">
                {host}:{port}
                <div className={styles.sub}>
                  <span className={styles.mono}>{dhtKey.slice(0, 12)}…</span> · {t.network[source]}
                </div>
              </th>
              <td>
                {t.network.states[state]}
                {answeredAt !== undefined && (
                  <div className={styles.sub}>{t.network.answeredAt(formats.time(answeredAt))}</div>
                )}
              </td>
              <td>
                {source === 'own' && (
                  <IconButton
                    label={t.network.remove(host)}
                    icon={<Trash2 />}
                    onClick={() =>
                      void ask(t.notKept, () => stores.network.getState().removeBootstrapNode({ host, port, dhtKey }))
                    }
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function AddNode() {
  const t = useTexts().settings
  const stores = useStores()
  const { isBusy, ask } = useBusyAsk()
  const [typed, setTyped] = useState(EMPTY)
  const [faults, setFaults] = useState(NO_FAULTS)
  const set = (part: Partial<typeof EMPTY>): void => setTyped({ ...typed, ...part })
  const add = async (): Promise<void> => {
    const outcome = nodeEntryOf(typed)
    setFaults('faults' in outcome ? outcome.faults : NO_FAULTS)
    if ('faults' in outcome) return
    if (await ask(t.notKept, () => stores.network.getState().addBootstrapNode(outcome.entry))) setTyped(EMPTY)
  }
  const fault = (name: NodeFault, words: string): string | undefined => (faults.has(name) ? words : undefined)
  return (
    <Form onSubmit={() => void add()}>
      <Fields>
        <TextField
          label={t.network.host}
          value={typed.host}
          onChange={(host) => set({ host })}
          error={fault('host', t.network.hostWrong)}
          spellCheck={false}
        />
        <TextField
          label={t.network.port}
          value={typed.port}
          onChange={(port) => set({ port })}
          error={fault('port', t.network.nodePortWrong)}
          inputMode="numeric"
        />
        <TextField
          label={t.network.nodeKey}
          value={typed.dhtKey}
          onChange={(dhtKey) => set({ dhtKey })}
          error={fault('key', t.network.keyWrong)}
          spellCheck={false}
          isMono
        />
      </Fields>
      <Actions>
        <Button type="submit" isBusy={isBusy}>
          {t.network.add}
        </Button>
      </Actions>
    </Form>
  )
}
