import { decodeQR } from 'qr/decode.js'

/** Larger pictures are made smaller first: a code is readable long before that, and the search is slow. */
const SIDE_PIXELS_MAX = 1_600

/**
 * The text of the QR code in a picture.
 *
 * returns   undefined if there is none
 * throws    if the file is no picture
 */
export async function readQr(file: Blob): Promise<string | undefined> {
  const bitmap = await createImageBitmap(file)
  const scale = Math.min(1, SIDE_PIXELS_MAX / Math.max(bitmap.width, bitmap.height))
  const width = Math.max(1, Math.round(bitmap.width * scale))
  const height = Math.max(1, Math.round(bitmap.height * scale))
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('this browser draws no pictures')
  // See-through pictures are read as if they lay on white paper.
  context.fillStyle = 'white'
  context.fillRect(0, 0, width, height)
  context.drawImage(bitmap, 0, 0, width, height)
  bitmap.close()
  const { data } = context.getImageData(0, 0, width, height)
  try {
    return decodeQR({ width, height, data })
  } catch {
    // The decoder throws where it finds no code, in many words that help nobody.
    return undefined
  }
}
