import manifest from '../../package.json' with { type: 'json' }
import libraries from './libraries.json' with { type: 'json' }
import type { AppInfo } from '../../shared/model/app.ts'

export const APP_VERSION: string = manifest.version

/** What the app is made of, whoever packages it: written by `npm run libraries` (.ci/write-libraries.ts). */
export const LIBRARIES: AppInfo['libraries'] = libraries
