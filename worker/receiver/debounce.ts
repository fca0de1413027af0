/** Signals tenants: one signal for a burst of notifications. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A burst ends after a gap of `gapMs`, and after `longestMs` at the latest. A directory may send a notification before the
 * change can be read (docs/reference/microsoft-graph.md section 5), so each tenant gets a second signal `repeatAfterMs` after its
 * last burst.
 */
const defaultWaits = { gapMs: 100, longestMs: 1_000, repeatAfterMs: 30_000 };

/** What a signal asks for beside a cycle. */
export interface PendingSignal {
  /** The directory has lost notifications: read everything. */
  full: boolean;
  /** Subscriptions to renew. */
  renew: Set<string>;
}

type SendSignal = (tenant: string, signal: PendingSignal) => Promise<void>;

interface Burst extends PendingSignal {
  beganAtMs: number;
  lastAtMs: number;
}

export class Debouncer {
  readonly #send: SendSignal;
  readonly #waits: typeof defaultWaits;
  /** By tenant: the burst whose signal is not sent yet, and the signal that is being sent. */
  readonly #bursts = new Map<string, Burst>();
  readonly #sending = new Map<string, Promise<void>>();
  /** By tenant: the second signal after a burst. */
  readonly #repeats = new Map<string, NodeJS.Timeout>();

  /** `send` must not reject. The debouncer sends one signal of a tenant at a time. */
  constructor(send: SendSignal, waits = defaultWaits) {
    this.#send = send;
    this.#waits = waits;
  }

  /** Returns at once. A notification that comes while a signal is being sent leads to another signal, so that none is lost. */
  signal(tenant: string, { full = false, renew = [] }: { full?: boolean; renew?: string[] } = {}): void {
    const now = Date.now();
    const known = this.#bursts.get(tenant);
    const burst = known ?? { full: false, renew: new Set<string>(), beganAtMs: now, lastAtMs: now };
    burst.full ||= full;
    for (const id of renew) burst.renew.add(id);
    burst.lastAtMs = now;
    if (known) return;
    this.#bursts.set(tenant, burst);
    void this.#sendAfter(tenant, burst);
  }

  async #sendAfter(tenant: string, burst: Burst): Promise<void> {
    const { gapMs, longestMs } = this.#waits;
    for (;;) {
      await this.#sending.get(tenant);
      const waitMs = Math.min(burst.lastAtMs + gapMs, burst.beganAtMs + longestMs) - Date.now();
      if (waitMs <= 0) break;
      await sleep(waitMs);
    }
    this.#bursts.delete(tenant);
    this.#scheduleRepeat(tenant);
    await this.#sendNow(tenant, burst);
  }

  #scheduleRepeat(tenant: string): void {
    clearTimeout(this.#repeats.get(tenant));
    const timer = setTimeout(() => {
      this.#repeats.delete(tenant);
      // A burst that is still open, or a signal that is still being sent, comes late enough to serve as the second one.
      if (this.#bursts.has(tenant) || this.#sending.has(tenant)) return;
      void this.#sendNow(tenant, { full: false, renew: new Set() });
    }, this.#waits.repeatAfterMs);
    this.#repeats.set(tenant, timer.unref());
  }

  async #sendNow(tenant: string, signal: PendingSignal): Promise<void> {
    const sending = this.#send(tenant, signal);
    this.#sending.set(tenant, sending);
    await sending;
    this.#sending.delete(tenant);
  }
}
