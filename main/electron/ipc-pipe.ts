import type { IpcMain, IpcMainEvent, WebContents } from 'electron'
import type { Pipe } from '../../shared/api/rpc.ts'
import { isOwnPage } from './page-protocol.ts'

/** As long as the longest call that the contract allows, many times over. */
const FRAME_CHARS_MAX = 4_194_304

/** The main end of one IPC channel to one document. */
export class IpcPipe implements Pipe {
  readonly #channel: string
  readonly #contents: WebContents
  #listener: ((frame: string) => void) | undefined
  #isClosed = false

  constructor(channel: string, contents: WebContents) {
    this.#channel = channel
    this.#contents = contents
  }

  send(frame: string): void {
    if (!this.#isClosed && !this.#contents.isDestroyed()) this.#contents.send(this.#channel, frame)
  }

  onFrame(listener: (frame: string) => void): void {
    this.#listener = listener
  }

  receive(frame: string): void {
    if (!this.#isClosed) this.#listener?.(frame)
  }

  /** From now on nothing passes, in neither direction. */
  close(): void {
    this.#isClosed = true
  }
}

export interface IpcLineOptions {
  readonly channel: string
  readonly ipcMain: Pick<IpcMain, 'on' | 'off'>
  readonly contents: WebContents
  /** Takes the pipe to a fresh document; returns how to let go of it. */
  readonly attach: (pipe: Pipe) => () => void
  readonly onRefused: (reason: string) => void
}

/**
 * Keeps one channel attached to whatever document the window shows: each gets a pipe of its own, so that no answer to
 * an earlier one reaches it. Frames are taken from the window's own main frame, showing our own page, and from nobody else.
 */
export function keepIpcLine({ channel, ipcMain, contents, attach, onRefused }: IpcLineOptions): () => void {
  let pipe = new IpcPipe(channel, contents)
  let detach = attach(pipe)
  const letGo = (): void => {
    pipe.close()
    detach()
  }
  const receive = (event: IpcMainEvent, frame: unknown): void => {
    const reason = refusalOf(event, frame, contents)
    if (reason === undefined) pipe.receive(String(frame))
    else onRefused(`${channel}: ${reason}`)
  }
  ipcMain.on(channel, receive)
  contents.on('did-navigate', () => {
    letGo()
    pipe = new IpcPipe(channel, contents)
    detach = attach(pipe)
  })
  return () => {
    ipcMain.off(channel, receive)
    letGo()
  }
}

function refusalOf(event: IpcMainEvent, frame: unknown, contents: WebContents): string | undefined {
  const { senderFrame } = event
  if (event.sender !== contents || senderFrame === null || senderFrame !== contents.mainFrame) return 'a foreign frame'
  if (!isOwnPage(senderFrame.url)) return 'a foreign page'
  if (typeof frame !== 'string') return 'no text'
  return frame.length > FRAME_CHARS_MAX ? 'too long' : undefined
}
