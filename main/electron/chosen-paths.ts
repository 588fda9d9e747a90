import { type KnownPaths, pathRefusal } from '../host/path-guard.ts'
import { ApiErrorCode } from '../../shared/api/errors.ts'
import { parseRequest, type Pipe, replyOf } from '../../shared/api/rpc.ts'

/** Far more than a person chooses before each is used; the oldest is forgotten first. */
const CHOICES_MAX = 1_000

/** The files that the person chose in a dialog of the system, dropped on the window, or opened with the app. */
export class ChosenPaths implements KnownPaths {
  readonly #read = new Set<string>()
  readonly #written = new Set<string>()

  noteRead(path: string): void {
    note(this.#read, path)
  }

  noteWrite(path: string): void {
    note(this.#written, path)
  }

  mayRead(path: string): boolean {
    return this.#read.has(path)
  }

  mayWrite(path: string): boolean {
    return this.#written.has(path)
  }
}

function note(paths: Set<string>, path: string): void {
  paths.delete(path)
  paths.add(path)
  const [oldest] = paths
  if (paths.size > CHOICES_MAX && oldest !== undefined) paths.delete(oldest)
}

/** The same pipe without those requests whose file the person did not choose: they are answered with a refusal. */
export function guardPaths(pipe: Pipe, known: KnownPaths): Pipe {
  return {
    send: (frame) => pipe.send(frame),
    onFrame: (listener) =>
      pipe.onFrame((frame) => {
        const request = parseRequest(frame)
        // What is no request at all is answered by the contract.
        const message = 'error' in request ? undefined : pathRefusal(request, known)
        if (message === undefined) listener(frame)
        else if (!('error' in request) && request.id !== undefined) {
          pipe.send(replyOf(request.id, { error: { code: ApiErrorCode.InvalidArguments, message } }))
        }
      }),
  }
}
