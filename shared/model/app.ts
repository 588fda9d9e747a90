import { z } from 'zod'

const Library = z.strictObject({ name: z.string(), version: z.string(), licence: z.string() })

/** What the About page says. */
export const AppInfo = z.strictObject({
  version: z.string(),
  shell: z.enum(['electron', 'web', 'stdio']),
  platform: z.string(),
  /** Of this computer, as far as proofs can use them: so many threads can be set. */
  cores: z.int().min(1),
  profileFolder: z.string(),
  /** Of this run of the host alone, and on no disk: a window marks with it what it keeps over a reload. */
  run: z.string(),
  libraries: z.array(Library),
})
export type AppInfo = z.infer<typeof AppInfo>

/** Something a person may want to be told of while not looking. Quiet hours and switches were respected already. */
export const Notice = z.strictObject({
  kind: z.enum(['message', 'file', 'request', 'stored', 'collected']),
  /** Whose conversation, or who asks. */
  publicKey: z.string(),
  name: z.string(),
  messageId: z.int().min(1).optional(),
  /** The beginning of the message's or request's text, or of a file's name, for those who show it. */
  text: z.string().optional(),
})
export type Notice = z.infer<typeof Notice>
