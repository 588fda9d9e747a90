import { expect, type Locator, type Page } from '@playwright/test'
import { isDeepStrictEqual } from 'node:util'

/** What a person sees of the list of messages, from the top. */
export interface Sight {
  /** The numbers that the messages in sight begin with, and how far each is below the top of the list's frame, in pixels. */
  readonly messages: readonly { readonly number: number; readonly top: number }[]
  /** The highest stretch of the frame in which nothing is drawn. */
  readonly blankPx: number
  /** How much of what is loaded lies above the frame, and how high all of it is. */
  readonly abovePx: number
  readonly loadedPx: number
}

/** No row is lower. */
const ROW_PX = 38
/** Room under the newest message, and between the blocks of a conversation. */
const ROOM_PX = 40

/** The list of messages of a conversation that is open, each of which begins with its number: "17: …". */
export class MessageList {
  readonly #list: Locator
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
    this.#list = page.getByRole('list', { name: 'Messages' })
  }

  async look(): Promise<Sight> {
    return await this.#list.evaluate(sightOf)
  }

  /** Waits until messages rest and fill the frame without a gap, in order and without one missing, and are as `isWanted` says. */
  async settle(what: string, isWanted: (sight: Sight) => boolean): Promise<Sight> {
    let sight = await this.look()
    await expect
      .poll(
        async () => {
          const before = await this.look()
          await this.#page.evaluate(twoFrames)
          sight = await this.look()
          if (!isDeepStrictEqual(sight, before)) return { movesTo: sight }
          const { messages, blankPx } = sight
          const isInOrder = messages.every(({ number }, at) => number === first(sight) + at)
          return isInOrder && messages.length > 0 && blankPx <= ROOM_PX && isWanted(sight) ? 'so it is' : sight
        },
        { message: what },
      )
      .toBe('so it is')
    return sight
  }

  /** Scrolls with the wheel until a message is in sight. */
  async wheelTo(number: number): Promise<Sight> {
    let sight = await this.look()
    while (number < first(sight) || number > last(sight)) sight = await this.scroll((number - first(sight)) * ROW_PX)
    return sight
  }

  /** Turns the wheel, and looks once that has moved the list or more was loaded at its end. */
  async scroll(px: number): Promise<Sight> {
    return await this.#act(async () => await this.wheel(px))
  }

  /** Presses a key, and looks once that has moved the list or more was loaded at its end. */
  async press(key: string): Promise<Sight> {
    return await this.#act(async () => await this.#page.keyboard.press(key))
  }

  /** The day that stands right above a message. */
  async dayAbove(number: number): Promise<string> {
    return await this.#list.evaluate(dayAbove, `${number}: `)
  }

  /** Turns the wheel over the list; a positive number goes towards the newest. */
  async wheel(px: number): Promise<void> {
    await this.#list.locator('xpath=..').hover()
    await this.#page.mouse.wheel(0, px)
  }

  async #act(act: () => Promise<void>): Promise<Sight> {
    const before = await this.look()
    await act()
    return await this.settle(
      'the list moved, or has more',
      ({ abovePx, loadedPx }) => abovePx !== before.abovePx || loadedPx !== before.loadedPx,
    )
  }
}

export function first({ messages }: Sight): number {
  return messages.at(0)?.number ?? Number.NaN
}

export function last({ messages }: Sight): number {
  return messages.at(-1)?.number ?? Number.NaN
}

/** Runs in the page: what moves has moved on then. */
async function twoFrames(): Promise<void> {
  for (let frames = 0; frames < 2; frames += 1) await new Promise((drawn) => requestAnimationFrame(drawn))
}

/** Runs in the page. */
function sightOf(list: Element): Sight {
  const frame = (list.parentElement ?? list).getBoundingClientRect()
  const rows = [...list.children]
    .map((row) => ({ row, box: row.getBoundingClientRect() }))
    .filter(({ box }) => box.bottom > frame.top && box.top < frame.bottom)
    .sort((one, other) => one.box.top - other.box.top)
  const messages = rows.flatMap(({ row, box }) => {
    const [, digits] = /(\d+): \D/.exec(row.querySelector('article')?.textContent ?? '') ?? []
    return digits === undefined ? [] : [{ number: Number(digits), top: box.top - frame.top }]
  })
  let drawnTo = frame.top
  let blankPx = 0
  for (const { box } of rows) {
    blankPx = Math.max(blankPx, box.top - drawnTo)
    drawnTo = Math.max(drawnTo, box.bottom)
  }
  return {
    messages,
    blankPx: Math.max(blankPx, frame.bottom - drawnTo),
    abovePx: list.parentElement?.scrollTop ?? 0,
    loadedPx: list.scrollHeight,
  }
}

/** Runs in the page. */
function dayAbove(list: Element, words: string): string {
  const top = (row: Element): number => row.getBoundingClientRect().top
  const rows = [...list.children].sort((one, other) => top(one) - top(other))
  const at = rows.findIndex((row) => row.querySelector('article')?.textContent.includes(words))
  return rows[at - 1]?.querySelector('h2')?.textContent ?? ''
}
