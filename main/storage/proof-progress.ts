import type { JobId } from './storage-events.ts'

interface JobProgress {
  readonly effort: number
  fraction: number
}

/**
 * How far an operation's proofs are, in units of effort. Jobs whose price is not known yet count as those that are;
 * what is told never goes back, whatever is added later.
 */
export class ProofProgress {
  readonly #jobs = new Map<JobId, JobProgress>()
  #ratio = 0
  #done = 0
  #total = 0

  add(jobId: JobId, effort: number): void {
    this.#jobs.set(jobId, { effort, fraction: 0 })
  }

  set(jobId: JobId, fraction: number): void {
    const job = this.#jobs.get(jobId)
    if (job) job.fraction = Math.max(job.fraction, Math.min(1, fraction))
  }

  /** plannedCount: jobs there will be in all, as far as is known. */
  read(plannedCount: number): { readonly done: number; readonly total: number } {
    const jobs = [...this.#jobs.values()]
    const known = jobs.reduce((sum, { effort }) => sum + effort, 0)
    const missing = Math.max(0, plannedCount - jobs.length)
    const total = known + (jobs.length === 0 ? 0 : (missing * known) / jobs.length)
    const done = jobs.reduce((sum, { effort, fraction }) => sum + effort * fraction, 0)
    this.#total = Math.max(this.#total, Math.ceil(total))
    const floor = Math.ceil(this.#ratio * this.#total)
    this.#done = Math.min(this.#total, Math.max(this.#done, Math.floor(done), floor))
    this.#ratio = this.#total === 0 ? 0 : this.#done / this.#total
    return { done: this.#done, total: this.#total }
  }
}
