import { contract } from '../../shared/api/contract.ts'
import { createClient } from '../../shared/api/rpc.ts'
import type { ShellGlobals } from '../../shared/api/shell.ts'
import type { Connection, Link } from './connection.ts'
import { createWebShell } from './web-shell.ts'
import { openWebSocket, WebSocketPipe } from './web-socket-pipe.ts'

declare global {
  interface Window {
    /** Absent in a browser. */
    readonly ampoule?: ShellGlobals<File>
  }
}

/** Finds the host behind this window. Nobody else asks which shell it is. */
export function connect(): Connection {
  const bridge = window.ampoule
  if (bridge) return { api: createClient(contract, bridge.pipe), shell: bridge.shell, link: ALWAYS_OPEN }
  const pipe = new WebSocketPipe(socketAddress(), openWebSocket)
  return { api: createClient(contract, pipe), shell: createWebShell(), link: pipe.link }
}

/** Electron's host lives and dies with the window. */
const ALWAYS_OPEN: Link = { state: 'open', onChange: () => () => undefined }

function socketAddress(): string {
  const address = new URL('api', location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  address.search = ''
  address.hash = ''
  return address.href
}
