/** Ids that may come once, such as `jti` of assertions and proofs. Each is remembered while it would be accepted. */
export class OnceOnly {
  readonly #until = new Map<string, number>();
  #cleanedAtMs = 0;

  /** Returns whether an id is new, and remembers it. */
  isFirst(id: string, untilMs: number, nowMs: number): boolean {
    if (nowMs - this.#cleanedAtMs > cleanEveryMs) {
      for (const [known, endsMs] of this.#until) if (endsMs < nowMs) this.#until.delete(known);
      this.#cleanedAtMs = nowMs;
    }
    if (this.#until.has(id)) return false;
    this.#until.set(id, untilMs);
    return true;
  }
}

const cleanEveryMs = 60_000;
