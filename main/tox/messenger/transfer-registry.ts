/** Gives out transfer ids and knows whose they are. */
export class TransferRegistry<Owner> {
  readonly #owners = new Map<number, Owner>()
  #nextId = 1

  add(owner: Owner): number {
    const transferId = this.#nextId
    this.#nextId += 1
    this.#owners.set(transferId, owner)
    return transferId
  }

  ownerOf(transferId: number): Owner | undefined {
    return this.#owners.get(transferId)
  }

  delete(transferId: number): void {
    this.#owners.delete(transferId)
  }
}
