import { z } from 'zod'
import { LINK_CHARS_MAX } from '../limits.ts'
import { event, method } from './rpc.ts'
import type { ShellCommand, ShownNotice } from './shell.ts'

/** One channel each way: frames of the contract, and frames of the window's own. */
export const IPC_CHANNELS = { api: 'api', window: 'window' } as const

/** Far longer texts than a notification shows. */
const NOTICE_CHARS_MAX = 1_000
const FILE_NAME_CHARS_MAX = 255
/** Longer than any system's paths are. */
const PATH_CHARS_MAX = 32_768

const Nothing = z.strictObject({})

const Notice = z.strictObject({
  title: z.string().max(NOTICE_CHARS_MAX),
  body: z.string().max(NOTICE_CHARS_MAX),
  target: z.string().max(NOTICE_CHARS_MAX),
}) satisfies z.ZodType<ShownNotice>

const Command = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('openLink'), link: z.string() }),
  z.strictObject({ kind: z.literal('openTarget'), target: z.string() }),
  z.strictObject({ kind: z.literal('openSavefile'), path: z.string() }),
  z.strictObject({ kind: z.enum(['showSettings', 'addFriend', 'search', 'quitting']) }),
]) satisfies z.ZodType<ShellCommand>

/** What Electron's preload asks of the window's owner, and hears from it: `Shell` as it crosses the IPC channel. */
export const windowContract = {
  window: {
    /** The page listens for commands from now on; those that waited are told. */
    ready: method(Nothing, Nothing),
    /** A friend may have given a file no name at all; main makes a fit one of whatever is suggested. */
    chooseSavePath: method(
      z.strictObject({ suggestedName: z.string().max(FILE_NAME_CHARS_MAX) }),
      z.strictObject({ path: z.string().optional() }),
    ),
    /** The person chose this file in a dialog of the system, or dropped it: the page may name it to the host. */
    fileChosen: method(z.strictObject({ path: z.string().min(1).max(PATH_CHARS_MAX) }), Nothing),
    notify: method(Notice, Nothing),
    setBadge: method(z.strictObject({ unreadCount: z.int().min(0) }), Nothing),
    openExternal: method(z.strictObject({ link: z.string().max(LINK_CHARS_MAX) }), Nothing),
    command: event(Command),
  },
} as const
export type WindowContract = typeof windowContract
