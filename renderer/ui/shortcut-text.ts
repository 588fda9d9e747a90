/** How a shortcut is written on this computer. */
export function shortcutText(key: string): string {
  return navigator.platform.startsWith('Mac') ? `⌘${key}` : `Ctrl+${key}`
}
