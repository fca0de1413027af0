/**
 * What operators have ordered: pause, undo, stop. An order takes effect in memory at once, and its write is tried until the
 * store has it. What the store says wins: it also knows the orders of earlier workflows of this tenant.
 */
import { condition, currentUpdateInfo, uuid4 } from '@temporalio/workflow';
import { Mutex } from 'async-mutex';
import type { OrderSource, TenantControl } from '../../domain/contract/control.ts';
import { beginUndo, recordControl } from '../activity-proxies.ts';
import type { UndoRequest } from '../messages.ts';

/** The next cycle waits this long for the writes of orders; without the store it could not begin anyway. */
const writtenWithinMs = 30_000;

export class LoopControl {
  readonly #tenant: string;
  readonly #changed: (before: TenantControl) => void;
  /** Orders are written in the order in which they came. */
  readonly #writing = new Mutex();
  #state: TenantControl;
  /** How many orders have come. */
  #orders = 0;

  constructor(tenant: string, state: TenantControl, changed: (before: TenantControl) => void) {
    this.#tenant = tenant;
    this.#state = state;
    this.#changed = changed;
  }

  get state(): TenantControl {
    return this.#state;
  }

  async pause(source: OrderSource): Promise<void> {
    const { by } = source;
    const since = new Date().toISOString();
    this.#set({ ...this.#state, paused: this.#state.paused ?? { since, undoes: null, by } });
    await this.#record('paused', source);
  }

  async resume(source: OrderSource): Promise<void> {
    this.#set({ ...this.#state, paused: null, undoing: null });
    await this.#record('resumed', source);
  }

  /** `source` is null when the workflow was cancelled. */
  async stop(source: OrderSource | null, reason = ''): Promise<void> {
    this.#set({ ...this.#state, stopped: true });
    await this.#record('stopped', source, reason);
  }

  /** @throws when there is nothing to undo; then nothing has changed */
  async undo({ cycle, by, channel }: UndoRequest): Promise<void> {
    // A reset hands over Updates of the past again, under the same ids.
    const id = `${currentUpdateInfo()?.id ?? uuid4()}/${cycle}`;
    const undo = { tenant: this.#tenant, undoes: cycle, id, by, channel: channel ?? ('update' as const) };
    await this.order(async () => ({ control: await beginUndo(undo) }));
  }

  /** The store has noted that nothing is left of an undo. */
  undone(undoes: number): void {
    if (this.#state.undoing === undoes) this.#set({ ...this.#state, undoing: null });
  }

  /** Writes an order, after those that came before it. */
  async order<Answer extends { control: TenantControl }>(write: () => Promise<Answer>): Promise<Answer> {
    this.#orders += 1;
    return await this.heed(() => this.#writing.runExclusive(write));
  }

  /** Takes over what the store says, unless another order has come meanwhile. */
  async heed<Answer extends { control: TenantControl }>(ask: () => Promise<Answer>): Promise<Answer> {
    const orders = this.#orders;
    const answer = await ask();
    if (orders === this.#orders) this.#set(answer.control);
    return answer;
  }

  /** Waits until the store has all orders, but not for ever. */
  async written(): Promise<void> {
    if (this.#writing.isLocked()) await condition(() => !this.#writing.isLocked(), writtenWithinMs);
  }

  async #record(
    kind: 'paused' | 'resumed' | 'stopped',
    source: OrderSource | null,
    reason = '',
  ): Promise<void> {
    const { by = null, ...how } = source ?? {};
    const order = { tenant: this.#tenant, kind, id: uuid4(), by, ...how, reason };
    await this.order(async () => ({ control: await recordControl(order) }));
  }

  #set(state: TenantControl): void {
    const before = this.#state;
    this.#state = state;
    this.#changed(before);
  }
}
