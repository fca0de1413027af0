/** What a notifier does later. Nothing of it keeps the process running. */
export class Timers {
  readonly #timers = new Set<NodeJS.Timeout>();

  soon(afterMs: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, afterMs);
    this.#timers.add(timer.unref());
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
