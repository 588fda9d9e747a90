import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { StorageSample } from '../../../shared/model/storage.ts'
import { type Voice, useVoice } from '../../text/voice.tsx'
import { SIZE_STEPS, sizeRange, TIME_STEPS, timeRange } from './chart-axes.ts'
import { keepDrawn } from './drawn-chart.ts'
import { HistoryInWords } from './history-in-words.tsx'
import { historySummary } from './history-summary.ts'
import styles from './storage-chart.module.css'

const HEIGHT = 160
/** Between two labels; a time with its AM or PM is half as wide. */
const LABEL_SPACE = { time: 96, size: 32 }

/** The last day as a curve, and in words for those who do not see it. Loaded on demand. */
export function StorageChart({ history }: { readonly history: readonly StorageSample[] }) {
  const voice = useVoice()
  const frame = useRef<HTMLDivElement>(null)
  const [hasFailed, setFailed] = useState(false)
  const t = voice.texts.settings.storage
  useEffect(() => {
    const element = frame.current
    if (!element) return undefined
    return keepDrawn({
      element,
      height: HEIGHT,
      draw: (made) => plotIn(element, history, voice, made),
      onFailed: () => setFailed(true),
    })
  }, [history, voice])
  if (hasFailed) return <HistoryInWords history={history} />
  return (
    <figure className={styles.figure}>
      <div ref={frame} className={styles.frame} role="img" aria-label={historySummary(history, voice)} />
      <figcaption className={styles.caption}>{t.chartLabel}</figcaption>
    </figure>
  )
}

/** Draws at once, not when it is uPlot's turn: then nobody could catch what goes wrong. */
function plotIn(
  element: HTMLElement,
  history: readonly StorageSample[],
  voice: Voice,
  made: (plot: uPlot) => void,
): void {
  if (!document.createElement('canvas').getContext('2d')) throw new Error('this browser draws nothing')
  new uPlot(optionsFor(element, voice), dataOf(history), (plot, begin) => {
    made(plot)
    element.append(plot.root)
    plot.batch(begin)
  })
}

function dataOf(history: readonly StorageSample[]): uPlot.AlignedData {
  return [history.map(({ at }) => Date.parse(at) / 1_000), history.map(({ usedBytes }) => usedBytes)]
}

function optionsFor(element: HTMLElement, { formats, texts }: Voice): uPlot.Options {
  const colours = getComputedStyle(element)
  const axis = {
    stroke: () => colours.color,
    grid: { stroke: () => colours.borderTopColor, width: 1 },
    ticks: { show: false },
    font: `11px ${colours.fontFamily}`,
  }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_plot, first, last) => timeRange(first, last) },
      y: { range: (_plot, _min, max) => sizeRange(max) },
    },
    axes: [
      {
        ...axis,
        space: LABEL_SPACE.time,
        incrs: [...TIME_STEPS],
        values: (_plot, seconds) => seconds.map((at) => formats.time(new Date(at * 1_000).toISOString())),
      },
      {
        ...axis,
        size: 64,
        space: LABEL_SPACE.size,
        incrs: [...SIZE_STEPS],
        values: (_plot, sizes) => sizes.map((size) => formats.bytes(size)),
      },
    ],
    series: [
      {},
      {
        label: texts.settings.storage.chartUsed,
        stroke: () => colours.accentColor,
        fill: () => colours.outlineColor,
        width: 2,
        points: { show: false },
      },
    ],
  }
}
