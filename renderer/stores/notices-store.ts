import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Notice } from '../../shared/model/app.ts'
import type { Api } from '../api/connection.ts'

export interface NoticesState {
  /** The last thing that the person may want to be told of; each one is a new object. */
  readonly latest: Notice | undefined
}

/** What may become a desktop notification. The host has asked the settings already. */
export function createNoticesStore(api: Api): StoreApi<NoticesState> {
  const store = createStore<NoticesState>()(() => ({ latest: undefined }))
  api.app.notice((latest) => store.setState({ latest }))
  return store
}
