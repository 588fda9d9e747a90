import { app, protocol } from 'electron'
import process from 'node:process'
import { parseStartOptions } from './options.ts'
import { PAGE_SCHEME_PRIVILEGES } from './page-protocol.ts'
import { runShell } from './shell.ts'

/**
 * The Electron app begins here. What Electron wants to know before it is ready is said at once; a second instance hands
 * over what it was opened with and leaves.
 */
const options = parseStartOptions(process.argv.slice(1), process.cwd())
if (options.dataFolder !== undefined) app.setPath('userData', options.dataFolder)
app.setAppUserModelId('chat.ampoule.desktop')
app.enableSandbox()
protocol.registerSchemesAsPrivileged([PAGE_SCHEME_PRIVILEGES])

if (app.requestSingleInstanceLock()) runShell(options)
else app.exit(0)
