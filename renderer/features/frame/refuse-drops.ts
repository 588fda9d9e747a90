/**
 * Refuses what is dropped beside the places that take it: the browser would go there and leave the app behind.
 *
 * window  whose events are looked at last, after all that the page does with them
 */
export function refuseDrops(window: Window): void {
  window.addEventListener('dragover', refuse)
  window.addEventListener('drop', refuse)
}

function refuse(event: DragEvent): void {
  if (event.defaultPrevented || !leadsAway(event)) return
  event.preventDefault()
  if (event.dataTransfer) event.dataTransfer.dropEffect = 'none'
}

/** Files do everywhere, links outside of the fields that take them as words. */
function leadsAway({ dataTransfer, target }: DragEvent): boolean {
  const types = dataTransfer?.types ?? []
  if (types.includes('Files')) return true
  const isField = target instanceof Element && target.closest('input, textarea') !== null
  return types.includes('text/uri-list') && !isField
}
