import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** The computer's own. A phone, or a sandbox, may tell no program what they are: then none, which the rest does without. */
export function ownInterfaces(read: () => Interfaces = networkInterfaces): Interfaces {
  try {
    return read()
  } catch {
    return {}
  }
}
