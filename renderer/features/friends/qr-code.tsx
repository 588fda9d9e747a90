import { encodeQR } from 'qr'
import { useMemo } from 'react'
import styles from './qr-code.module.css'

interface QrCodeProps {
  readonly text: string
  readonly label: string
}

/** A QR code as one path; always dark on white, which every reader understands. */
export function QrCode({ text, label }: QrCodeProps) {
  const { path, size } = useMemo(() => drawingOf(text), [text])
  return (
    <svg
      className={styles.code}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path d={path} />
    </svg>
  )
}

/** Modules of white around it. The standard wants four; the card's white edge gives the rest. */
const QUIET = 2

function drawingOf(text: string): { readonly path: string; readonly size: number } {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET })
  const path = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return { path, size: rows.length }
}
