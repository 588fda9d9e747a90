import type { IpcRenderer } from 'electron'
import type { Pipe } from '../shared/api/rpc.ts'

/** The page's end of one IPC channel. Frames that come before anybody listens are kept. */
export function createIpcPipe(ipc: Pick<IpcRenderer, 'send' | 'on'>, channel: string): Pipe {
  let listener: ((frame: string) => void) | undefined
  let early: string[] = []
  ipc.on(channel, (_event, frame: unknown) => {
    if (typeof frame !== 'string') return
    if (listener) listener(frame)
    else early.push(frame)
  })
  return {
    send: (frame) => ipc.send(channel, frame),
    onFrame: (next) => {
      listener = next
      const kept = early
      early = []
      for (const frame of kept) next(frame)
    },
  }
}
