/** To a friend in the list at the side; to the first one where that is not there, and where there is none to the window's start. */
export function focusFriends(friend?: string): void {
  const row = friend === undefined ? null : document.getElementById(friendRowId(friend))
  const there = row ?? document.querySelector<HTMLElement>('[data-item]') ?? document.querySelector('button')
  there?.focus()
}

export function friendRowId(friend: string): string {
  return `friend-${friend}`
}
