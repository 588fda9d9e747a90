// First: zod must not try to evaluate text under the page's content policy.
import '../shared/no-eval.ts'
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { IPC_CHANNELS } from '../shared/api/window-contract.ts'
import type { ShellGlobals } from '../shared/api/shell.ts'
import { createIpcPipe } from './pipe.ts'
import { createElectronShell } from './electron-shell.ts'

// Main checks every frame and its sender, so neither pipe needs a list of its own.
const globals: ShellGlobals<File> = {
  pipe: createIpcPipe(ipcRenderer, IPC_CHANNELS.api),
  shell: createElectronShell(createIpcPipe(ipcRenderer, IPC_CHANNELS.window), (file) => webUtils.getPathForFile(file)),
}
contextBridge.exposeInMainWorld('ampoule', globals)
