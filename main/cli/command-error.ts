/** What a person asked for cannot be done. The message is the one line that they see; the exit code is 2. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** Any failure to start, as one line. */
export function asCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error
  const [line = 'failed'] = (error instanceof Error ? error.message : String(error)).split('\n')
  return new CommandError(line)
}
