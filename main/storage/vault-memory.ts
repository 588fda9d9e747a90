import { toHex } from '../base/bytes.ts'
import { Vault, type VaultOptions } from './vault.ts'
import type { Shelf } from './vault-shelf.ts'

/** A shelf for simulations and tests; nothing on it outlives the process. */
export class MemoryShelf implements Shelf {
  readonly #byName = new Map<string, Uint8Array>()

  write(name: Uint8Array, bytes: Uint8Array): boolean {
    this.#byName.set(toHex(name), bytes)
    return true
  }

  read(name: Uint8Array): Uint8Array | undefined {
    return this.#byName.get(toHex(name))
  }

  delete(name: Uint8Array): void {
    this.#byName.delete(toHex(name))
  }

  work(): boolean {
    return true
  }

  get hasWork(): boolean {
    return false
  }

  get queueFullness(): number {
    return 0
  }

  clear(): void {
    this.#byName.clear()
  }
}

export function createMemoryVault(options: Omit<VaultOptions, 'shelf'>): Vault {
  return new Vault({ ...options, shelf: new MemoryShelf() })
}
