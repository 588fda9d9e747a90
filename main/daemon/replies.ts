import { createReadStream } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { StaticFile } from './static-files.ts'

const NEVER_KEPT = { 'Cache-Control': 'no-store' } as const

export function replyJson(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value)
  response.writeHead(status, { ...NEVER_KEPT, 'Content-Type': 'application/json; charset=utf-8' }).end(text)
}

/** A refusal: one sentence for whoever asked. */
export function replyRefusal(response: ServerResponse, status: number, message: string): void {
  replyJson(response, status, { message })
}

export function replyEmpty(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...NEVER_KEPT, ...headers }).end()
}

/**
 * A page with one sentence, before there is a session. `head` and `text` are our own words: nothing of the request is in
 * them.
 */
export function replyPage(response: ServerResponse, { status, head = '', text, headers = {} }: PageReply): void {
  const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Ampoule</title>${head}</head>
<body><main><h1>Ampoule</h1><p>${text}</p></main></body>
</html>
`
  response.writeHead(status, { ...NEVER_KEPT, ...headers, 'Content-Type': 'text/html; charset=utf-8' }).end(page)
}

export interface PageReply {
  readonly status: number
  readonly head?: string
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

export async function replyFile(response: ServerResponse, file: StaticFile, isHead: boolean): Promise<void> {
  response.writeHead(200, { 'Content-Type': file.contentType, 'Cache-Control': file.cacheControl })
  if (isHead) response.end()
  else await pipeline(createReadStream(file.path), response)
}
