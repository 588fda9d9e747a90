import { common } from './en/everywhere.ts'
import { conversation } from './en/conversation.ts'
import { delivery } from './en/delivery.ts'
import { errors } from './en/errors.ts'
import { frame } from './en/frame.ts'
import { friends } from './en/friends.ts'
import { notices } from './en/notices.ts'
import { onboarding } from './en/onboarding.ts'
import { settings } from './en/settings.ts'

/** English: the pattern for all other languages. Values are texts, or functions of what they name. */
export const en = { common, conversation, delivery, errors, frame, friends, notices, onboarding, settings }

/** Every sentence a person reads, in one language. A language that lacks one does not compile. */
export type Texts = typeof en
