/** Wakes tenants, each once for many reasons that come close together. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A burst is over when so long nothing has come; one that does not end is cut. A directory may tell of a change before it
 * can be read (docs/reference/microsoft-graph.md section 5), so each tenant is woken once more after the last burst.
 */
const defaultPauses = { gapMs: 100, longestMs: 1_000, againMs: 30_000 };

/** What a wake-up has to say beside "look". */
export interface PendingSignal {
  /** Something was lost: read everything. */
  full: boolean;
  /** Subscriptions that have to be renewed. */
  renew: Set<string>;
}

interface Burst extends PendingSignal {
  beganAtMs: number;
  lastAtMs: number;
}

export class Debouncer {
  readonly #send: (tenant: string, wakeUp: PendingSignal) => Promise<void>;
  readonly #pauses: typeof defaultPauses;
  /** Bursts that are not sent yet, and the sending that is under way; one of each a tenant. */
  readonly #bursts = new Map<string, Burst>();
  readonly #sending = new Map<string, Promise<void>>();
  /** The second looks to come. */
  readonly #again = new Map<string, NodeJS.Timeout>();

  /** `send` must not reject. While it runs for a tenant it is not called for that tenant again. */
  constructor(send: (tenant: string, wakeUp: PendingSignal) => Promise<void>, pauses = defaultPauses) {
    this.#send = send;
    this.#pauses = pauses;
  }

  /** Returns at once. What comes after a wake-up has begun to be sent gets another one, so that none is lost. */
  wake(tenant: string, { full = false, renew = [] }: { full?: boolean; renew?: string[] } = {}): void {
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
    const { gapMs, longestMs } = this.#pauses;
    for (;;) {
      await this.#sending.get(tenant);
      const waitMs = Math.min(burst.lastAtMs + gapMs, burst.beganAtMs + longestMs) - Date.now();
      if (waitMs <= 0) break;
      await sleep(waitMs);
    }
    this.#bursts.delete(tenant);
    clearTimeout(this.#again.get(tenant));
    this.#again.set(tenant, setTimeout(() => this.#lookAgain(tenant), this.#pauses.againMs).unref());
    await this.#sendNow(tenant, burst);
  }

  #lookAgain(tenant: string): void {
    this.#again.delete(tenant);
    // A burst that is gathering, or a sending that hangs, comes late enough to be a second look.
    if (this.#bursts.has(tenant) || this.#sending.has(tenant)) return;
    void this.#sendNow(tenant, { full: false, renew: new Set() });
  }

  async #sendNow(tenant: string, wakeUp: PendingSignal): Promise<void> {
    const sending = this.#send(tenant, wakeUp);
    this.#sending.set(tenant, sending);
    await sending;
    this.#sending.delete(tenant);
  }
}
