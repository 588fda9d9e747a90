/** A person who types, scrolls and searches at once stays far below this. */
const FRAMES_PER_SECOND = 200
/** A page that opens asks for everything it shows at once. */
const FRAMES_AT_ONCE_MAX = 500

/** Bounds the rate of frames from one tab: a bucket that fills steadily and is emptied by each frame. */
export class FrameMeter {
  #frames = FRAMES_AT_ONCE_MAX
  #filledAtMs: number

  constructor(nowMs: number) {
    this.#filledAtMs = nowMs
  }

  /** Whether one more frame is within bounds at `nowMs`. */
  take(nowMs: number): boolean {
    const grown = (Math.max(0, nowMs - this.#filledAtMs) / 1_000) * FRAMES_PER_SECOND
    this.#frames = Math.min(FRAMES_AT_ONCE_MAX, this.#frames + grown)
    this.#filledAtMs = Math.max(this.#filledAtMs, nowMs)
    if (this.#frames < 1) return false
    this.#frames -= 1
    return true
  }
}
