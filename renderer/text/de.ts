import { common } from './de/common.ts'
import { errors } from './de/errors.ts'
import { frame } from './de/frame.ts'
import { friends } from './de/friends.ts'
import { notices } from './de/notices.ts'
import { onboarding } from './de/onboarding.ts'
import { settings } from './de/settings.ts'
import { states } from './de/states.ts'
import type { Texts } from './en.ts'

export const de: Texts = { common, errors, frame, friends, notices, onboarding, settings, states }
