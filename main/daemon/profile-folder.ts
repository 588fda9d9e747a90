import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where a person's profile lies if they do not say otherwise: where the platform keeps what programs keep. */
export function defaultProfileFolder(
  platform: NodeJS.Platform = process.platform,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): string {
  if (platform === 'darwin') return join(home, 'Library/Application Support/Ampoule')
  if (platform === 'win32') return join(environment['APPDATA'] ?? join(home, 'AppData/Roaming'), 'Ampoule')
  // The specification wants relative paths ignored.
  const data = environment['XDG_DATA_HOME']
  return join(data?.startsWith('/') ? data : join(home, '.local/share'), 'ampoule')
}

/** What belongs to the web shell alone lies beside the profile: nothing in the profile is unsealed. */
export function webFolderOf(profileFolder: string): string {
  return `${profileFolder.replace(/[/\\]+$/, '')}.web`
}
