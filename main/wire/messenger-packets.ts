import { DecodeError } from '../base/byte-reader.ts'
import {
  bytes,
  type Codec,
  flag,
  oneOf,
  type PacketCodec,
  type PacketOf,
  packet,
  restBytes,
  u8,
  u32,
  u64,
} from './codec.ts'

export const NAME_BYTES_MAX = 128
export const STATUS_MESSAGE_BYTES_MAX = 1_007
export const MESSAGE_BYTES_MAX = 1_372
export const FILE_NAME_BYTES_MAX = 255
export const FILE_ID_BYTES = 32
export const FILE_CHUNK_BYTES_MAX = 1_371

/** How the size of a file is written that its sender does not know: all ones. */
export const FILE_SIZE_UNKNOWN = 2n ** 64n - 1n

/**
 * Name of the sender.
 *
 * | bytes | field                    |
 * |-------|--------------------------|
 * | 1     | 48                       |
 * | n     | name, UTF-8, 0 to 128    |
 */
export const namePacket = packet('name', 48, { name: restBytes(NAME_BYTES_MAX) })

/**
 * Status message of the sender.
 *
 * | bytes | field                            |
 * |-------|----------------------------------|
 * | 1     | 49                               |
 * | n     | statusMessage, UTF-8, 0 to 1,007 |
 */
export const statusMessagePacket = packet('status message', 49, { statusMessage: restBytes(STATUS_MESSAGE_BYTES_MAX) })

/**
 * Status of the sender.
 *
 * | bytes | field                              |
 * |-------|------------------------------------|
 * | 1     | 50                                 |
 * | 1     | status: 0 none, 1 away, 2 busy     |
 */
export const userStatusPacket = packet('user status', 50, { status: oneOf(0, 1, 2) })

/**
 * Whether the sender is typing to us.
 *
 * | bytes | field               |
 * |-------|---------------------|
 * | 1     | 51                  |
 * | 1     | isTyping: 0 or 1    |
 */
export const typingPacket = packet('typing', 51, { isTyping: flag })

/**
 * Message. Action (65) has the same form.
 *
 * | bytes | field                    |
 * |-------|--------------------------|
 * | 1     | 64, or 65 for an action  |
 * | n     | text, UTF-8, 1 to 1,372  |
 */
export const messagePacket = packet('message', 64, { text: restBytes(MESSAGE_BYTES_MAX, 1) })
export const actionPacket = packet('action', 65, { text: restBytes(MESSAGE_BYTES_MAX, 1) })

/**
 * File send request: offers a file.
 *
 * | bytes | field                                                                 |
 * |-------|-----------------------------------------------------------------------|
 * | 1     | 80                                                                    |
 * | 1     | fileNumber: the sender's, 0 to 255, free again when the transfer ends |
 * | 4     | fileKind: 0 data, 1 avatar                                            |
 * | 8     | size; all ones: unknown                                               |
 * | 32    | fileId: random for data, the content's hash for an avatar             |
 * | n     | name, UTF-8, 0 to 255                                                 |
 */
export const fileOfferPacket = packet('file send request', 80, {
  fileNumber: u8,
  fileKind: u32,
  size: u64,
  fileId: bytes(FILE_ID_BYTES),
  name: restBytes(FILE_NAME_BYTES_MAX),
})
export type FileOfferPacket = PacketOf<typeof fileOfferPacket>

/** The `control` byte of a file control. Accept also resumes. */
export const FileControl = { accept: 0, pause: 1, kill: 2, seek: 3 } as const

export interface FileControlPacket {
  /** False: about a file that the packet's sender sends; true: about one that it receives. */
  readonly isAboutReceived: boolean
  readonly fileNumber: number
  readonly control: (typeof FileControl)[keyof typeof FileControl]
  /** Only with `seek`, and there always. */
  readonly position: bigint | undefined
}

/**
 * File control.
 *
 * | bytes | field                                                                                      |
 * |-------|--------------------------------------------------------------------------------------------|
 * | 1     | 81                                                                                         |
 * | 1     | isAboutReceived: 0 about a file that the packet's sender sends, 1 about one it receives     |
 * | 1     | fileNumber                                                                                 |
 * | 1     | control: 0 accept or resume, 1 pause, 2 kill, 3 seek                                       |
 * | 0 / 8 | position, only with seek                                                                   |
 */
export const fileControlPacket: PacketCodec<FileControlPacket> = fileControlCodec()

/**
 * File data: the next chunk of a file.
 *
 * | bytes | field                                                                      |
 * |-------|----------------------------------------------------------------------------|
 * | 1     | 82                                                                         |
 * | 1     | fileNumber                                                                 |
 * | n     | data, 0 to 1,371; a shorter chunk than that, or reaching the size, ends it |
 */
export const fileDataPacket = packet('file data', 82, { fileNumber: u8, data: restBytes(FILE_CHUNK_BYTES_MAX) })
export type FileDataPacket = PacketOf<typeof fileDataPacket>

function fileControlCodec(): PacketCodec<FileControlPacket> {
  const id = 81
  const control: Codec<FileControlPacket['control']> = oneOf(0, 1, 2, 3)
  return {
    id,
    name: 'file control',
    write: (writer, value) => {
      writer.u8(id)
      flag.write(writer, value.isAboutReceived)
      writer.u8(value.fileNumber)
      control.write(writer, value.control)
      if (value.position !== undefined) writer.u64(value.position)
    },
    read: (reader) => {
      if (reader.u8() !== id) throw new DecodeError('another packet id', 0)
      const isAboutReceived = flag.read(reader)
      const fileNumber = reader.u8()
      const kind = control.read(reader)
      return {
        isAboutReceived,
        fileNumber,
        control: kind,
        position: kind === FileControl.seek ? reader.u64() : undefined,
      }
    },
  }
}
