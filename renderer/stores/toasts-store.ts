import { createStore, type StoreApi } from 'zustand/vanilla'

export interface Toast {
  readonly id: number
  /** A note goes by itself; the others stay until they are closed. */
  readonly kind: 'note' | 'lasting' | 'error'
  /** What happened. */
  readonly title: string
  /** What was kept, and what to do. */
  readonly body?: string
}

export interface ToastsState {
  readonly toasts: readonly Toast[]
  readonly show: (toast: Omit<Toast, 'id'>) => void
  readonly dismiss: (id: number) => void
}

/** More would cover the window; the oldest goes. */
const TOAST_COUNT_MAX = 4

export function createToastsStore(): StoreApi<ToastsState> {
  let nextId = 1
  return createStore<ToastsState>()((set) => ({
    toasts: [],
    show(toast) {
      const id = nextId
      nextId += 1
      set(({ toasts }) => ({
        toasts: [...toasts.filter((shown) => !isSame(shown, toast)), { ...toast, id }].slice(-TOAST_COUNT_MAX),
      }))
    },
    dismiss(id) {
      set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }))
    },
  }))
}

/** The same trouble twice is said once. */
function isSame(shown: Toast, toast: Omit<Toast, 'id'>): boolean {
  return shown.kind === toast.kind && shown.title === toast.title && shown.body === toast.body
}
