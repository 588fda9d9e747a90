import { FileDown } from 'lucide-react'
import type { Delivery, Message } from '../../../shared/model/message.ts'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { PanelSection } from './panel-section.tsx'
import { receiptsFileName, receiptsJson } from './receipts-export.ts'
import styles from './receipts-section.module.css'

interface ReceiptsSectionProps {
  readonly message: Message
  readonly delivery: Delivery
}

/** What storage nodes signed, and a way to take it along. */
export function ReceiptsSection({ message, delivery }: ReceiptsSectionProps) {
  const t = useTexts().delivery.panel
  const formats = useFormats()
  const { receipts } = delivery
  if (receipts.length === 0) return undefined
  const save = () => download(receiptsFileName(message), receiptsJson(message, delivery))
  return (
    <PanelSection title={t.receipts}>
      <details>
        <summary>{receipts.length === 1 ? t.oneReceipt : t.receiptsCount(formats.number(receipts.length))}</summary>
        <ul className={styles.receipts}>
          {receipts.map(({ nodeKey, signature, receivedAt, expiresAt }) => (
            <li key={signature}>
              <code className={styles.key}>{nodeKey.slice(0, 16)}</code>
              <span className={styles.times}>
                <time dateTime={receivedAt}>{formats.full(receivedAt)}</time>,{' '}
                <time dateTime={expiresAt}>{t.receiptUntil(formats.full(expiresAt))}</time>
              </span>
            </li>
          ))}
        </ul>
      </details>
      <Button icon={<FileDown />} onClick={save} className={styles.save}>
        {t.exportReceipts}
      </Button>
    </PanelSection>
  )
}

/** Hands a text to the browser as a download, which Electron answers with its own save dialog. */
function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const anchor = document.createElement('a')
  anchor.href = address
  anchor.download = name
  anchor.click()
  URL.revokeObjectURL(address)
}
