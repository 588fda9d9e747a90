import { common } from './de/everywhere.ts'
import { conversation } from './de/conversation.ts'
import { delivery } from './de/delivery.ts'
import { errors } from './de/errors.ts'
import { frame } from './de/frame.ts'
import { friends } from './de/friends.ts'
import { notices } from './de/notices.ts'
import { onboarding } from './de/onboarding.ts'
import { settings } from './de/settings.ts'
import type { Texts } from './en.ts'

export const de: Texts = { common, conversation, delivery, errors, frame, friends, notices, onboarding, settings }
