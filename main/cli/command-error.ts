/** What a person typed cannot be done. The message is the one line that they see; the exit code is 2. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
