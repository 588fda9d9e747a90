/** Lengths and page sizes that both sides of the bridge respect. Sources: Tox spec; offline-messaging design, sections 5 and 6. */
export const NAME_BYTES_MAX = 128
export const STATUS_MESSAGE_BYTES_MAX = 1_007
export const MESSAGE_BYTES_MAX = 1_372
export const FRIEND_REQUEST_BYTES_MAX = 921
export const FILE_NAME_BYTES_MAX = 255
/** A file up to this size may wait for an offline friend. */
export const WAITING_FILE_BYTES_MAX = 64 * 1_024

export const TTL_SECONDS_MIN = 10
export const TTL_SECONDS_MAX = 30 * 86_400
export const TTL_SECONDS_DEFAULT = 14 * 86_400
export const FILE_TTL_SECONDS_DEFAULT = 2 * 86_400

export const PAGE_SIZE_MAX = 200
export const SEARCH_RESULTS_MAX = 100
/** Texts longer than one message are split when they are sent. */
export const DRAFT_CHARS_MAX = 64 * 1_024

/** Longer links than any browser takes. */
export const LINK_CHARS_MAX = 2_048
