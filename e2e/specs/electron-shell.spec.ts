import { expect } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PAGE_HEADERS } from '../../shared/content-policy.ts'
import type { FriendRequest } from '../../shared/model/friend.ts'
import type { Profile } from '../../shared/model/profile.ts'
import { ElectronApp } from '../support/electron-shell/electron-app.ts'
import { test } from '../support/electron-shell/fixtures.ts'
import { PrivateNetwork } from '../support/private-network.ts'

/**
 * Goal: Electron's main and preload, as built, keep their promises around a real page and a real host.
 * Method: the harness of support/electron: only Electron itself is a double.
 */
/** Paths through the onion need some to go through. */
const NODE_COUNT = 6
const LINK = `tox:${'AB'.repeat(38)}`
const INVALID_ARGUMENTS = -32_602
const UNKNOWN_METHOD = -32_601
const NOT_OPEN = 7

test('a window opens with the safe options, and shows itself once it is drawn', async ({ launch }) => {
  const app = await launch()
  expect(app.windowOptions).toMatchObject({
    show: false,
    isAppSandboxed: true,
    webPreferences: {
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
    },
  })
  await expect.poll(() => app.callsOf('show').length).toBe(1)
  await expect(app.page).toHaveTitle(/Ampoule/)
  expect([app.pageErrors, app.strayRequests]).toEqual([[], []])
})

test('started at login it stays in the tray until somebody asks for it', async ({ launch }) => {
  const app = await launch({ args: ['--hidden'] })
  await app.ask('click', 'Open Ampoule')
  expect(app.callsOf('show')).toHaveLength(1)
})

test('the page lives under the content policy, as a browser enforces it', async ({ launch }) => {
  const app = await launch()
  const { headers } = await app.fetchPage('app://ampoule/index.html')
  expect(headers).toMatchObject(
    Object.fromEntries(Object.entries(PAGE_HEADERS).map(([name, value]) => [name.toLowerCase(), value])),
  )
  const refused = await app.page.evaluateHandle(() => {
    const directives: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => directives.push(event.effectiveDirective))
    return directives
  })
  const outcome = await app.page.evaluate(async () => {
    const script = document.createElement('script')
    script.textContent = 'window.name = "inline ran"'
    document.body.append(script)
    const image = document.createElement('img')
    image.src = 'https://example.org/x.png'
    document.body.append(image)
    const fetched = await fetch('https://example.org/').then(
      () => 'fetched',
      () => 'refused',
    )
    // By a timer: what the test itself evaluates is free of the policy.
    const evaluated = await new Promise<string>((resolve) => {
      setTimeout(() => {
        try {
          const text = Reflect.construct(Function, ['return "evaluated"']) as () => string
          resolve(text())
        } catch {
          resolve('refused')
        }
      })
    })
    return { fetched, evaluated, name: window.name }
  })
  expect(outcome).toEqual({ fetched: 'refused', evaluated: 'refused', name: '' })
  await expect
    .poll(() => refused.jsonValue())
    .toEqual(expect.arrayContaining(['script-src-elem', 'img-src', 'connect-src']))
  expect(app.strayRequests).toEqual([])
})

test('the page has neither Node nor Electron, only a pipe and its window', async ({ launch }) => {
  const app = await launch()
  const found = await app.page.evaluate(() => ({
    ampoule: Object.keys(window.ampoule ?? {}),
    shell: Object.keys(window.ampoule?.shell ?? {}).sort(),
    others: ['require', 'process', 'Buffer', 'module', 'global', 'ipcRenderer', 'electron'].filter(
      (name) => name in window,
    ),
  }))
  const shell = ['askForNotices', 'chooseSavePath', 'deliver', 'hostPath', 'kind', 'noticePermission', 'notify']
  shell.push('onCommand', 'openExternal', 'setBadge')
  expect(found).toEqual({ ampoule: ['pipe', 'shell'], shell, others: [] })
})

test('permissions, windows, navigation and every request to the outside are denied', async ({ launch }) => {
  const app = await launch()
  const own = 'app://ampoule/index.html'
  for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal']) {
    expect(await app.ask('permission', permission, own), permission).toBe(false)
  }
  expect(await app.ask('permission', 'clipboard-sanitized-write', own)).toBe(true)
  expect(await app.ask('open window', 'https://example.org/')).toEqual({ action: 'deny' })
  for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
    expect(await app.ask('navigate', name), name).toBe(true)
  }
  for (const url of ['https://example.org/', 'ws://127.0.0.1/', 'file:///etc/passwd']) {
    expect(await app.ask('request', url), url).toBe(true)
  }
  expect(await app.ask('request', own)).toBe(false)
})

test('calls reach the host through the real preload, and refusals come back with their code', async ({ launch }) => {
  const app = await launch()
  expect(await app.callApi('account.get', {})).toMatchObject({ phase: 'new' })
  await expect(app.callApi('friends.list', {})).rejects.toMatchObject({ code: NOT_OPEN })
  await expect(app.callApi('account.create', { name: 7 })).rejects.toMatchObject({ code: INVALID_ARGUMENTS })
  await expect(app.callApi('account.create', { name: 'A', more: 1 })).rejects.toMatchObject({ code: INVALID_ARGUMENTS })
  await expect(app.callApi('account.constructor', {})).rejects.toMatchObject({ code: UNKNOWN_METHOD })
  // The key of the database lies in the system's key store.
  expect(await app.callApi('account.create', { name: 'Alice' })).toEqual({ phase: 'open', keyProtection: 'system' })
  expect(await app.callApi('profile.get', {})).toMatchObject({ name: 'Alice' })
  expect(await app.callApi('app.info', {})).toMatchObject({ shell: 'electron' })
})

test('two people become friends, and a message goes from one app to the other', async ({ launch }) => {
  const network = await PrivateNetwork.start(NODE_COUNT)
  try {
    const [alice, bob] = [
      await launch({ name: 'alice', args: network.joinOptions }),
      await launch({ name: 'bob', args: network.joinOptions }),
    ]
    await alice.callApi('account.create', { name: 'Alice' })
    await bob.callApi('account.create', { name: 'Bob' })
    const { toxId, publicKey } = (await bob.callApi('profile.get', {})) as Profile
    await alice.callApi('friends.add', { toxId, message: 'It is me, Alice.' })
    const requests = async () => (await bob.callApi('friends.requests', {})) as FriendRequest[]
    await expect.poll(async () => (await requests()).map(({ message }) => message)).toEqual(['It is me, Alice.'])
    const [request] = await requests()
    await bob.callApi('friends.accept', { publicKey: request?.publicKey })
    await expect.poll(() => alice.callApi('friends.list', {})).toMatchObject([{ name: 'Bob', online: true }])
    await alice.callApi('messages.send', { friend: publicKey, text: 'Are you there?' })
    await expect
      .poll(() => bob.callApi('messages.list', { friend: request?.publicKey, limit: 10 }))
      .toMatchObject([{ direction: 'in', text: 'Are you there?' }])
  } finally {
    await network.end()
  }
})

test('frames of foreign senders, and frames that are no calls, change nothing', async ({ launch }) => {
  const app = await launch()
  const create = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'account.create', params: { name: 'Mallory' } })
  for (const from of ['within', 'other', 'foreign page'] as const) app.sendAs(from, 'api', create)
  for (const garbage of [7, null, { method: 'account.create' }, ['x'], 'x'.repeat(5_000_000), '{', '[]']) {
    app.sendAs('main', 'api', garbage)
    app.sendAs('main', 'window', garbage)
  }
  for (const from of ['within', 'other', 'foreign page'] as const) {
    app.sendAs(
      from,
      'window',
      JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'window.setBadge', params: { unreadCount: 9 } }),
    )
  }
  expect(await app.callApi('account.get', {})).toMatchObject({ phase: 'new' })
  expect(app.callsOf('setBadgeCount')).toEqual([])
  await expect.poll(() => app.stderr).toContain('a foreign frame')
  await expect.poll(() => app.stderr).toContain('a foreign page')
})

test('the window does what its page asks, and opens no link but web and mail', async ({ launch, folder }) => {
  const app = await launch()
  const answers = await app.page.evaluate(async () => {
    const shell = window.ampoule?.shell
    if (!shell) throw new Error('no shell')
    await shell.notify({ title: 'Lena', body: 'Are you there?', target: 'friend/1' })
    shell.setBadge(3)
    await shell.openExternal('https://example.org/x')
    const refusal = await shell.openExternal('file:///etc/passwd').then(
      () => 'opened',
      (error: Error) => error.message,
    )
    const path = await shell.chooseSavePath('../receipts.json')
    const dropped = await shell.hostPath(new File([], '/pictures/photo.png'))
    return { refusal, path, dropped }
  })
  expect(answers).toEqual({
    refusal: 'Only web and mail links are opened.',
    path: join(folder, 'app/downloads/.._receipts.json'),
    dropped: '/pictures/photo.png',
  })
  expect(app.callsOf('openExternal')).toEqual([['https://example.org/x']])
  expect(app.callsOf('setBadgeCount')).toEqual([[3]])
  expect(app.callsOf('notification')).toEqual([[expect.objectContaining({ title: 'Lena', body: 'Are you there?' })]])
  await app.listen()
  await app.ask('click notification')
  await expect.poll(() => app.commands()).toContainEqual({ kind: 'openTarget', target: 'friend/1' })
})

test('no file is read that nobody chose: neither in a dialog, nor by dropping it, nor with the app', async ({
  launch,
}) => {
  const app = await launch({ args: ['/pictures/opened.tox'] })
  const importing = (path: string) => app.callApi('account.import', { path }).catch((error: unknown) => error)
  const refused = expect.objectContaining({ code: INVALID_ARGUMENTS, message: expect.stringContaining('path: ') })
  expect(await importing('/pictures/dropped.tox')).toEqual(refused)
  await app.page.evaluate(() => window.ampoule?.shell.hostPath(new File([], '/pictures/dropped.tox')))
  // They are not there: the host says so, which was let look.
  for (const path of ['/pictures/dropped.tox', '/pictures/opened.tox']) {
    expect(await importing(path)).not.toEqual(refused)
    expect(await importing(path)).toBeInstanceOf(Error)
  }
})

test('a second instance hands over its link and ends; the first comes to the front', async ({ launch, folder }) => {
  const app = await launch()
  await app.listen()
  await expect.poll(() => app.callsOf('show').length).toBe(1)
  const dataFolder = join(folder, 'app')
  expect(await ElectronApp.launchSecond(app, { dataFolder, args: [LINK] })).toBe(0)
  await expect.poll(() => app.commands()).toContainEqual({ kind: 'openLink', link: LINK })
  expect(app.callsOf('show')).toHaveLength(2)
  expect(await app.callApi('account.get', {})).toMatchObject({ phase: 'new' })
})

test('a link and a savefile that the app was started with wait for the page', async ({ launch }) => {
  const app = await launch({ args: [LINK, '/pictures/qtox.tox'] })
  await app.listen()
  await expect
    .poll(() => app.commands())
    .toEqual([
      { kind: 'openLink', link: LINK },
      { kind: 'openSavefile', path: '/pictures/qtox.tox' },
    ])
  await app.ask('open url', 'https://example.org/')
  await app.ask('open url', LINK.toLowerCase())
  await expect.poll(() => app.commands()).toHaveLength(3)
  expect((await app.commands()).at(-1)).toEqual({ kind: 'openLink', link: LINK.toLowerCase() })
})

test('menus lead to what they say, in the language of the settings', async ({ launch }) => {
  const app = await launch()
  await app.listen()
  for (const label of ['Add friend…', 'Settings…', 'Go to…']) await app.ask('click', label)
  await expect.poll(() => app.commands()).toEqual([{ kind: 'addFriend' }, { kind: 'showSettings' }, { kind: 'search' }])
  const shortcuts = (await app.ask('menu')) as { label?: string; accelerator?: string }[]
  expect(shortcuts).toContainEqual({ label: 'Settings…', accelerator: 'CmdOrCtrl+,' })
  expect(shortcuts).toContainEqual({ label: 'Go to…', accelerator: 'CmdOrCtrl+K' })
  await app.callApi('account.create', { name: 'Alice' })
  await app.callApi('settings.set', { language: 'de', theme: 'dark' })
  await expect.poll(() => app.ask('menu')).toContainEqual({ label: 'Einstellungen …', accelerator: 'CmdOrCtrl+,' })
  await expect.poll(() => app.ask('theme')).toBe('dark')
})

test('before there are settings the system’s language holds', async ({ launch }) => {
  const app = await launch({ locale: 'de-DE' })
  expect(await app.ask('menu')).toContainEqual({ label: 'Kontakt hinzufügen …', accelerator: 'CmdOrCtrl+N' })
})

test('closing the window leaves, or puts it in the tray if the settings say so', async ({ launch }) => {
  const app = await launch()
  await app.callApi('account.create', { name: 'Alice' })
  await app.callApi('settings.set', { closeToTray: true })
  await app.ask('close window')
  expect(app.callsOf('hide')).toHaveLength(1)
  await app.callApi('settings.set', { closeToTray: false })
  await app.ask('close window')
  expect(await app.exited).toBe(0)
})

test('leaving says so, hands over, ends with 0, and the profile opens again by itself', async ({ launch, folder }) => {
  const app = await launch()
  await app.callApi('account.create', { name: 'Alice' })
  await app.listen()
  await app.ask('click', 'Zoom in')
  await app.ask('click', 'Quit Ampoule')
  expect(await app.exited).toBe(0)
  expect(app.callsOf('setTitle')).toEqual([['Ampoule – handing over what it keeps for others…']])
  await expect.poll(() => app.commands()).toContainEqual({ kind: 'quitting' })
  expect(app.callsOf('tray.destroy')).toHaveLength(1)
  expect(JSON.parse(readFileSync(join(folder, 'app/window.json'), 'utf8'))).toMatchObject({ zoomLevel: 1 })
  const again = await launch()
  await expect.poll(() => again.callApi('account.get', {})).toEqual({ phase: 'open', keyProtection: 'system' })
  await expect.poll(() => again.callsOf('setZoomLevel')).toEqual([[1]])
})

test('whoever logs off from Windows is waited for while the app leaves', async ({ launch }) => {
  const app = await launch()
  await app.callApi('account.create', { name: 'Alice' })
  expect(await app.ask('log off')).toBe(true)
  expect(await app.exited).toBe(0)
})

test('the page can end the app, and a signal can', async ({ launch }) => {
  const app = await launch()
  await app.callApi('account.create', { name: 'Alice' })
  expect(await app.callApi('app.quit', {})).toEqual({})
  expect(await app.exited).toBe(0)
  const other = await launch({ name: 'other' })
  await other.close()
  expect(await other.exited).toBe(0)
})

test('a page that fell over is loaded again and finds the host as it was', async ({ launch }) => {
  const app = await launch()
  await app.callApi('account.create', { name: 'Alice' })
  await app.ask('page falls over')
  await app.loaded
  expect(await app.callApi('profile.get', {})).toMatchObject({ name: 'Alice' })
  for (let fall = 0; fall < 3; fall += 1) await app.ask('page falls over')
  expect(await app.exited).toBe(0)
})
