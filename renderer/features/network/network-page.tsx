import { useEffect } from 'react'
import type { Network } from '../../../shared/model/network.ts'
import { useNetwork, useStores } from '../../app-context.tsx'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Grouped } from '../../ui/grouped.tsx'
import { Facts, Section } from '../settings/page.tsx'
import { RoleBanner } from '../storage-node/role-banner.tsx'
import { BootstrapSection } from './bootstrap-section.tsx'
import { ConnectionSettings } from './connection-settings.tsx'
import { RingsSection } from './rings-section.tsx'
import styles from './network-page.module.css'

/** Rings, lookups and bootstrap nodes tell no news by themselves. */
const DETAILS_INTERVAL_MS = 2_000

export function NetworkPage() {
  const network = useNetwork((state) => state.network)
  const stores = useStores()
  useEffect(() => {
    // Fails only while the host is away, which the window says by itself.
    const load = (): void =>
      void stores.network
        .getState()
        .loadDetails()
        .catch(() => undefined)
    load()
    const timer = setInterval(load, DETAILS_INTERVAL_MS)
    return () => clearInterval(timer)
  }, [stores])
  if (!network) return undefined
  return (
    <>
      <State network={network} />
      <ConnectionSettings />
      <BootstrapSection />
      <RingsSection />
    </>
  )
}

function State({ network }: { readonly network: Network }) {
  const t = useTexts().settings
  const formats = useFormats()
  const rate = (bytes: number): string => t.network.perSecond(formats.bytes(Math.round(bytes)))
  return (
    <Section>
      <p className={styles.state} data-connected={network.connected || undefined}>
        {stateWords(network, t.network)}
      </p>
      <div className={styles.banner}>
        <RoleBanner network={network} />
      </div>
      <Facts
        facts={[
          { name: t.network.dhtNodes, value: formats.number(network.dhtNodes) },
          { name: t.network.storageNodes, value: formats.number(network.storageNodes) },
          {
            name: t.network.rtt,
            value: network.rttMs === undefined ? t.network.rttUnknown : t.network.ms(formats.number(network.rttMs)),
          },
          {
            name: t.network.traffic,
            value: t.network.upDown(rate(network.sentBytesPerSecond), rate(network.receivedBytesPerSecond)),
          },
          {
            name: t.network.trafficTotal,
            value: t.network.upDown(formats.bytes(network.sentBytes), formats.bytes(network.receivedBytes)),
          },
          { name: t.network.port, value: String(network.udpPort) },
          { name: t.network.scope, value: t.network.scopeNames[network.scope] },
          {
            name: t.network.key,
            value: <Grouped className={styles.key} text={network.dhtKey} size={16} />,
            isWide: true,
          },
        ]}
      />
    </Section>
  )
}

function stateWords(
  { connected, isUdpOn }: Network,
  t: { readonly connected: string; readonly connecting: string; readonly notConnected: string },
): string {
  if (connected) return t.connected
  return isUdpOn ? t.connecting : t.notConnected
}
