import type { Contract } from '../../shared/api/contract.ts'
import type { Client, Pipe } from '../../shared/api/rpc.ts'
import type { Shell } from '../../shared/api/shell.ts'

export type Api = Client<Contract>

/** `lost` is being mended; `refused` will not come back by itself: the page must be opened from its link again. */
export type LinkState = 'connecting' | 'open' | 'lost' | 'refused'

/** The way to the host. */
export interface Link {
  readonly state: LinkState
  onChange(listener: (state: LinkState) => void): () => void
}

/** A pipe that tells whether it stands. */
export interface LinkedPipe extends Pipe {
  readonly link: Link
}

export interface Connection {
  readonly api: Api
  readonly shell: Shell<File>
  readonly link: Link
}
