/** What was true before recent changes, for reads that lag behind. */
export class EarlierValues<Value> {
  readonly #clock: () => Date;
  readonly #before = new Map<string, { changedAtMs: number; value: Value }[]>();

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  /** Call this before each change, with the value so far. */
  remember(key: string, value: Value): void {
    const entries = this.#before.get(key) ?? [];
    entries.push({ changedAtMs: this.#clock().getTime(), value });
    this.#before.set(key, entries.slice(-entriesKept));
  }

  /** Returns the value of `lagMs` ago, or undefined when it was the present one. */
  before(key: string, lagMs: number): Value | undefined {
    const thenMs = this.#clock().getTime() - lagMs;
    return this.#before.get(key)?.find(({ changedAtMs }) => changedAtMs > thenMs)?.value;
  }

  /** Takes the present values for those that have always been. */
  forget(): void {
    this.#before.clear();
  }

  /** Returns the keys that have changed at any time. */
  keys(): Iterable<string> {
    return this.#before.keys();
  }
}

/** Changes of one key that are remembered: a lag is short. */
const entriesKept = 20;
