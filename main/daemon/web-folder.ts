/** What belongs to the web shell alone lies beside the profile: nothing in the profile is unsealed. */
export function webFolderOf(profileFolder: string): string {
  return `${profileFolder.replace(/[/\\]+$/, '')}.web`
}
