import { readFileSync } from 'node:fs'

/** What the page's side of the harness calls, and is called by. The test's own: no page would look for them. */
export const SEND_BINDING = 'electronHarnessSend'
export const DELIVER_GLOBAL = 'electronHarnessDeliver'

declare global {
  interface Window {
    [SEND_BINDING]: (frame: string) => Promise<void>
    [DELIVER_GLOBAL]: ((channel: string, args: readonly unknown[]) => void) | undefined
  }
}

/**
 * The built preload as a script that runs before the page's own, with a double of what Electron gives a sandboxed
 * preload. What crosses to the page is copied as Electron copies it: plain values, functions and promises; of an error
 * only its words.
 */
export function preloadScript(path: string): string {
  return `(() => {
    const electron = (${electronForPreload.toString()})('${SEND_BINDING}', '${DELIVER_GLOBAL}');
    const require = (name) => {
      if (name === 'electron') return electron;
      throw new Error('a sandboxed preload cannot load ' + name);
    };
    const module = { exports: {} };
    ((exports, module, require) => { ${readFileSync(path, 'utf8')} })(module.exports, module, require);
  })();`
}

/** Runs in the page: nothing from outside itself is there. */
function electronForPreload(sendBinding: typeof SEND_BINDING, deliverGlobal: typeof DELIVER_GLOBAL) {
  type Listener = (event: object, ...args: readonly unknown[]) => void
  const listeners = new Map<string, Listener[]>()
  window[deliverGlobal] = (channel, args) => {
    for (const listener of listeners.get(channel) ?? []) listener({}, ...args)
  }
  const bridged = (value: unknown): unknown => {
    if (typeof value === 'function') return (...args: readonly unknown[]) => bridgedCall(value as Listener, args)
    if (value instanceof Promise) {
      return value.then(bridged, (error: unknown) => {
        throw bridged(error)
      })
    }
    if (value instanceof Error) return new Error(value.message)
    if (Array.isArray(value)) return value.map(bridged)
    if (typeof value !== 'object' || value === null || value instanceof Blob) return value
    return Object.freeze(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, bridged(member)])))
  }
  const bridgedCall = (call: (...args: never[]) => unknown, args: readonly unknown[]): unknown => {
    try {
      return bridged(call(...(args.map(bridged) as never[])))
    } catch (error) {
      throw bridged(error)
    }
  }
  return {
    contextBridge: {
      exposeInMainWorld: (name: string, api: unknown) => Object.defineProperty(window, name, { value: bridged(api) }),
    },
    ipcRenderer: {
      send: (channel: string, ...args: readonly unknown[]) =>
        void window[sendBinding](JSON.stringify({ channel, args })),
      on: (channel: string, listener: Listener) =>
        listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    },
    // A file of a test lies where its name says.
    webUtils: { getPathForFile: (file: File) => (file.name.startsWith('/') ? file.name : '') },
  }
}
