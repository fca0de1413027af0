/** Sends the events of the System Log to the event hook (docs/reference/okta.md section 7). */
import { randomUUID } from 'node:crypto';
import type { Ledger } from '../../ledger.ts';
import { outgoingRequest } from '../../simulated-response.ts';
import { Timers } from '../../timers.ts';
import type { OktaContext } from '../context.ts';
import { showEvent } from '../directory/show-event.ts';
import type { StoredEvent } from '../directory/system-log.ts';
import { isEligible } from './event-hook.ts';

/** Okta waits this long for a response. */
const responseTimeoutMs = 3_000;
const lateMs = 60_000;
const nowhere = 'https://none.invalid';

type Parts = Pick<OktaContext, 'state' | 'faults' | 'clock'> & { ledger: Ledger };

export class HookNotifier {
  readonly #parts: Parts;
  readonly #timers = new Timers();
  #waiting: StoredEvent[] = [];
  /** Number of events so far that the hook asks for. */
  matchedChanges = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.state.log.onEvent = (event) => this.#happened(event);
  }

  /** Verifies the hook by one GET. Returns whether the receiver repeated the challenge. */
  async verify(): Promise<boolean> {
    const { hook, behaviour } = this.#parts.state;
    const challenge = randomUUID();
    const headers = {
      accept: 'application/json',
      'x-okta-verification-challenge': challenge,
      ...(behaviour.verificationSecret ? { authorization: hook.secret } : {}),
    };
    const { status, text } = await this.#exchange('hooks.verify', 'GET', headers);
    hook.isVerified = status === 200 && verificationIn(text) === challenge;
    return hook.isVerified;
  }

  /** Stops sending. */
  close(): void {
    this.#timers.close();
  }

  #happened(event: StoredEvent): void {
    const { hook, behaviour } = this.#parts.state;
    const isWanted = isEligible(event.eventType) && hook.eventTypes.includes(event.eventType);
    if (!hook.isVerified || !isWanted) return;
    this.matchedChanges += 1;
    this.#waiting.push(event);
    if (this.#waiting.length === 1) this.#timers.soon(behaviour.hookDelayMs, () => this.#sendWaiting());
  }

  /** Events of a short while come in one request. */
  #sendWaiting(): void {
    const events = this.#waiting;
    this.#waiting = [];
    const { faults, state } = this.#parts;
    const request = outgoingRequest('hooks.send', 'POST', state.hook.url ?? nowhere);
    if (faults.fires('hooksLost', request)) return;
    const ordered = faults.fires('hooksUnordered', request) ? events.toReversed() : events;
    const late = faults.active().find(({ name }) => name === 'hooksLate')?.setting.milliseconds ?? lateMs;
    const waitMs = faults.fires('hooksLate', request) ? late : 0;
    const body = this.#delivery(ordered);
    const times = faults.fires('hooksTwice', request) ? 2 : 1;
    for (let sent = 0; sent < times; sent += 1) this.#timers.soon(waitMs, () => void this.#post(body, true));
  }

  #delivery(events: StoredEvent[]): string {
    const { state, clock } = this.#parts;
    return JSON.stringify({
      eventType: 'com.okta.event_hook',
      eventTypeVersion: '1.0',
      cloudEventsVersion: '0.1',
      source: `https://${state.domain}/api/v1/eventHooks/${state.hook.id}`,
      eventId: randomUUID(),
      data: { events: events.map((event) => ({ ...showEvent(event), insertionTimestamp: null })) },
      eventTime: clock().toISOString(),
      contentType: 'application/json',
    });
  }

  /** Tries a 5xx once more; a 4xx and no response at all are not tried again. */
  async #post(body: string, mayRetry: boolean): Promise<void> {
    const { secret } = this.#parts.state.hook;
    const headers = { accept: 'application/json', 'content-type': 'application/json', authorization: secret };
    const { status } = await this.#exchange('hooks.send', 'POST', headers, body);
    if (status >= 500 && mayRetry) await this.#post(body, false);
  }

  /** Status 0: no response in time. */
  async #exchange(
    operation: string,
    method: 'GET' | 'POST',
    headers: Record<string, string>,
    body?: string,
  ): Promise<{ status: number; text: string }> {
    const { clock, ledger, state } = this.#parts;
    const { url } = state.hook;
    if (url === null) return { status: 0, text: '' };
    const at = clock().toISOString();
    const response = await responseOf(url, method, headers, body);
    const { path, query, subject } = outgoingRequest(operation, method, url);
    ledger.add({ at, method, path, query, operation, subject, status: response.status });
    return response;
  }
}

async function responseOf(
  url: string,
  method: 'GET' | 'POST',
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; text: string }> {
  try {
    const signal = AbortSignal.timeout(responseTimeoutMs);
    const response = await fetch(url, { method, headers, signal, ...(body === undefined ? {} : { body }) });
    return { status: response.status, text: await response.text() };
  } catch {
    return { status: 0, text: '' };
  }
}

function verificationIn(text: string): unknown {
  try {
    return JSON.parse(text).verification;
  } catch {
    return undefined;
  }
}
