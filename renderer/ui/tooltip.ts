/**
 * Gives an element a word on what it means, shown beside it while the pointer rests on it or the keyboard is there. The
 * element must be focusable and have a name of its own: nothing that one needs stands only here.
 */
export function tooltip(text: string, side: 'top' | 'bottom' = 'bottom') {
  return { 'data-tooltip': text, 'data-tooltip-side': side }
}
