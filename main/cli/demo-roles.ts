import type { Contract } from '../../shared/api/contract.ts'
import type { Client } from '../../shared/api/rpc.ts'
import type { Friend, FriendRequest } from '../../shared/model/friend.ts'
import type { Message } from '../../shared/model/message.ts'
import type { Network } from '../../shared/model/network.ts'

/** A storage node of the story. */
export interface DemoNode {
  readonly udpPort: number
  readonly dhtKey: string
  readonly isRunning: boolean
  /** Without warning. */
  kill(): Promise<void>
}

type Api = Client<Contract>

/** What the story asks of a person's host: a part of the contract. */
export interface DemoApi {
  readonly profile: Pick<Api['profile'], 'get' | 'set'>
  readonly friends: Pick<Api['friends'], 'add' | 'accept'>
  readonly messages: Pick<Api['messages'], 'send' | 'list'>
  readonly files: Pick<Api['files'], 'send' | 'saveWaiting'>
}

/** A person of the story, spoken to by the contract. */
export interface DemoPerson {
  readonly api: DemoApi
  /** Resolves once what was told last of one of these `matches`. Rejects after `timeoutMs`. */
  waitForMessage(what: string, matches: (message: Message) => boolean, timeoutMs: number): Promise<Message>
  waitForFriend(what: string, matches: (friend: Friend) => boolean, timeoutMs: number): Promise<Friend>
  waitForRequest(timeoutMs: number): Promise<FriendRequest>
  waitForNetwork(what: string, matches: (network: Network) => boolean, timeoutMs: number): Promise<Network>
  /** Quits by the contract. Rejects if that does not end well. */
  leave(): Promise<void>
}

/** Who plays the story. */
export interface DemoCast {
  /** A file of the story's own folder. */
  path(name: string): string
  startNode(bootstrap: DemoNode | undefined): Promise<DemoNode>
  /** The same name is the same person again. */
  startPerson(name: string, bootstrap: readonly DemoNode[]): Promise<DemoPerson>
}
