import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { PROFILE_FILES } from './profile-folder.ts'

/** What decides where things lie on a computer. */
export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/**
 * Where a person's profile lies if they do not say otherwise: one place for every shell, where the platform keeps what
 * programs keep. A profile that an earlier version left elsewhere is used there, until the common place has one.
 */
export function defaultProfileFolder(
  surroundings: Surroundings = { platform: process.platform, environment: process.env, home: homedir() },
): string {
  const { common, former } = placesOf(surroundings)
  return [common, ...former].find(holdsProfile) ?? common
}

function placesOf({ platform, environment, home }: Surroundings): { common: string; former: readonly string[] } {
  if (platform === 'darwin' || platform === 'win32') {
    const programs =
      platform === 'darwin'
        ? join(home, 'Library/Application Support')
        : (environment['APPDATA'] ?? join(home, 'AppData/Roaming'))
    // Electron keeps its own things in `Ampoule`; the web shell once took that folder itself for the profile.
    return { common: join(programs, 'Ampoule/profile'), former: [join(programs, 'Ampoule')] }
  }
  const data = absolute(environment['XDG_DATA_HOME']) ?? join(home, '.local/share')
  const settings = absolute(environment['XDG_CONFIG_HOME']) ?? join(home, '.config')
  // Electron's own folder, by the name it has as a package and as a program in development.
  const former = ['Ampoule', 'ampoule'].map((name) => join(settings, name, 'profile'))
  return { common: join(data, 'ampoule'), former }
}

/** The specification wants relative paths ignored. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') ? path : undefined
}

function holdsProfile(folder: string): boolean {
  return [PROFILE_FILES.savefile, PROFILE_FILES.database].some((name) => existsSync(join(folder, name)))
}
