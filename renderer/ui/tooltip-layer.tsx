import { Tooltip as Base } from '@base-ui/react/tooltip'
import { useEffect, useRef, useState } from 'react'
import { type HintWatch, watchHints } from './hint-watch.ts'
import styles from './tooltip-layer.module.css'

/** The one tooltip of the window: a conversation has dozens of elements with a word, and only one of them is ever shown. */
export function TooltipLayer() {
  const [shown, setShown] = useState<{ readonly anchor: HTMLElement; readonly isOpen: boolean }>()
  const watch = useRef<HintWatch>(undefined)
  useEffect(() => {
    watch.current = watchHints(window, (anchor) =>
      // The word stays in it while it fades.
      setShown((before) => (anchor ? { anchor, isOpen: true } : before && { ...before, isOpen: false })),
    )
    return () => watch.current?.stop()
  }, [])
  const { anchor, isOpen = false } = shown ?? {}
  return (
    <Base.Root open={isOpen} onOpenChange={(wantsOpen) => !wantsOpen && watch.current?.close()}>
      <Base.Portal>
        <Base.Positioner
          anchor={anchor ?? null}
          side={anchor?.dataset['tooltipSide'] === 'top' ? 'top' : 'bottom'}
          sideOffset={6}
          className={styles.positioner}
        >
          <Base.Popup data-tooltip-popup="" className={styles.popup}>
            {anchor?.dataset['tooltip']}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
