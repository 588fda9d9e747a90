import type { Notice } from '../../../shared/model/app.ts'
import type { ShownNotice } from '../../../shared/api/shell.ts'
import type { Texts } from '../../text/en.ts'
import { targetOf } from './targets.ts'

/** What a notification says of a piece of news, in the reader's language. */
export function shownNotice(notice: Notice, { notices }: Texts): ShownNotice {
  const { kind, publicKey, text } = notice
  const name = notice.name.trim() === '' ? publicKey.slice(0, 8) : notice.name
  const target = targetOf(notice)
  switch (kind) {
    case 'message':
      return { target, title: notices.messageTitle(name), body: text ?? notices.messageBody }
    case 'file': {
      const body = text === undefined ? notices.fileBodyUnnamed : notices.fileBody(text)
      return { target, title: notices.fileTitle(name), body }
    }
    case 'request':
      return { target, title: notices.requestTitle, body: text ?? notices.requestBody(publicKey.slice(0, 8)) }
    case 'stored':
      return { target, title: notices.storedTitle(name), body: notices.storedBody }
    case 'collected':
      return { target, title: notices.collectedTitle(name), body: notices.collectedBody }
  }
}
