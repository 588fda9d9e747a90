import { mkdtempSync, rmSync } from 'node:fs'
import { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { Exchange } from './exchange.ts'
import { ExchangeRoutes } from './exchange-routes.ts'
import { HttpServer } from './http-server.ts'
import { Sessions } from './sessions.ts'
import { Tabs } from './tabs.ts'

const folder = mkdtempSync(join(tmpdir(), 'ampoule-http-'))

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

test('errors of the server after it began are logged, each of them, and it goes on serving', async () => {
  const listened = vi.spyOn(Server.prototype, 'listen')
  const logged: string[] = []
  const exchange = await Exchange.open({ folder })
  const http = await HttpServer.listen(0, {
    sessions: new Sessions(() => {}),
    files: new Map(),
    exchange: new ExchangeRoutes(exchange),
    tabs: new Tabs({ attach: () => () => {}, refusal: () => undefined }),
    log: { write: (_level, message) => void logged.push(message) },
  })
  const [server] = listened.mock.contexts
  if (!(server instanceof Server)) throw new Error('a server listens')
  for (const reason of ['too many open files', 'too many open files again']) server.emit('error', new Error(reason))
  expect(logged).toEqual([
    expect.stringContaining('too many open files'),
    expect.stringContaining('too many open files again'),
  ])
  expect((await fetch(`http://127.0.0.1:${http.port}/session`)).status).toBe(401)
  await http.close()
  await exchange.close()
})
