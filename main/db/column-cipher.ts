/**
 * Seals what a column keeps, so that the file alone shows nothing: texts, names, keys. The host makes it from the data
 * key; `purpose` names table and column and is bound into the seal, so that values cannot be swapped between columns.
 */
export interface ColumnCipher {
  seal(purpose: string, plain: Uint8Array): Uint8Array
  /** Throws an Error of its own if the value was altered or sealed with another key. */
  open(purpose: string, sealed: Uint8Array): Uint8Array
  /** A keyed hash (16 bytes) of what must be found again by equality. */
  fingerprint(purpose: string, plain: Uint8Array): Uint8Array
}
