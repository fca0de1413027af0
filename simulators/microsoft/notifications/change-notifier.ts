/** Sends change and lifecycle notifications to the addresses of subscriptions. */
import { randomUUID } from 'node:crypto';
import type { Faults } from '../../faults.ts';
import type { Ledger } from '../../ledger.ts';
import { outgoingRequest } from '../../simulated-response.ts';
import { Timers } from '../../timers.ts';
import type { MicrosoftOptions } from '../context.ts';
import type { DirectoryObject } from '../directory/objects.ts';
import type { MicrosoftState } from '../directory/state.ts';
import type { MicrosoftFault } from '../faults/faults.ts';
import { deliveredChangeType, type GraphSubscription } from './subscriptions.ts';

/**
 * Graph waits this long for a response, and retries for four hours with growing waits
 * (docs/reference/microsoft-graph.md section 5).
 */
const responseTimeoutMs = 10_000;
const firstWaitMs = 1_000;
const retryForMs = 4 * 3_600_000;
const entriesPerPost = 100;

interface Entry {
  subscription: GraphSubscription;
  url: string;
  content: Record<string, unknown>;
}

interface Parts {
  state: MicrosoftState;
  ledger: Ledger;
  faults: Faults<MicrosoftFault>;
  clock: () => Date;
  options: MicrosoftOptions;
}

export class ChangeNotifier {
  readonly #parts: Parts;
  readonly #timers = new Timers();
  #waiting: Entry[] = [];
  /** Number of changes so far that matched a subscription. */
  matchedChanges = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.state.objects.onChange = (object) => this.#changed(object);
  }

  /** Demands a new authorization of each subscription, and holds its notifications until then. */
  challenge(): number {
    const { subscriptions } = this.#parts.state;
    for (const subscription of subscriptions) {
      subscription.lapsed = true;
      this.#sendLifecycle(subscription, 'reauthorizationRequired');
    }
    return subscriptions.length;
  }

  /** Sends the held notifications of a subscription that has a new authorization. */
  authorized(subscription: GraphSubscription): void {
    subscription.lapsed = false;
    this.#timers.soon(0, () => this.#sendWaiting());
  }

  /** Stops sending. */
  close(): void {
    this.#timers.close();
  }

  #changed(object: DirectoryObject): void {
    const { state, clock, options } = this.#parts;
    const before = this.#waiting.length;
    for (const subscription of state.subscriptions) {
      const changeType = deliveredChangeType(subscription, object, clock());
      if (changeType === null) continue;
      this.matchedChanges += 1;
      if (this.#isWaiting(subscription, object, changeType)) continue;
      const content = changeContent(subscription, object, changeType, state.app.tenantId);
      this.#waiting.push({ subscription, url: subscription.notificationUrl, content });
    }
    if (this.#waiting.length > before)
      this.#timers.soon(options.notificationDelayMs, () => this.#sendWaiting());
  }

  /** An object that changes several times within the delay gets one notification. */
  #isWaiting(subscription: GraphSubscription, object: DirectoryObject, changeType: string): boolean {
    const resource = resourcePath(object);
    return this.#waiting.some(
      (entry) =>
        entry.subscription === subscription &&
        entry.content.resource === resource &&
        entry.content.changeType === changeType,
    );
  }

  #sendLifecycle(subscription: GraphSubscription, lifecycleEvent: string): void {
    const { state, options } = this.#parts;
    const { lifecycleNotificationUrl: url } = subscription;
    if (url === null) return;
    const content = { lifecycleEvent, ...envelope(subscription, state.app.tenantId) };
    this.#timers.soon(options.notificationDelayMs, () => this.#post(url, [content], firstWaitMs));
  }

  /** Notifications for one address share a request, whatever their subscriptions. */
  #sendWaiting(): void {
    const due = this.#waiting.filter(({ subscription }) => !subscription.lapsed);
    this.#waiting = this.#waiting.filter(({ subscription }) => subscription.lapsed);
    for (const url of new Set(due.map((entry) => entry.url))) {
      const contents = due.filter((entry) => entry.url === url).map(({ content }) => content);
      for (let start = 0; start < contents.length; start += entriesPerPost)
        this.#post(url, contents.slice(start, start + entriesPerPost), firstWaitMs);
    }
  }

  #post(url: string, value: Record<string, unknown>[], waitMs: number): void {
    const { clock, faults, ledger } = this.#parts;
    const request = outgoingRequest('notifications.send', 'POST', url);
    if (faults.fires('notificationsLost', request)) return;
    const at = clock().toISOString();
    void postStatus(url, value).then((status) => {
      const { method, path, query, operation, subject } = request;
      ledger.add({ at, method, path, query, operation, subject, status });
      const isRetried = (status < 200 || status > 299) && waitMs < retryForMs;
      if (isRetried) this.#timers.soon(waitMs, () => this.#post(url, value, waitMs * 2));
    });
  }
}

const resourcePath = ({ kind, id }: DirectoryObject) => `${kind === 'user' ? 'Users' : 'Groups'}/${id}`;

const envelope = ({ id, expirationDateTime, clientState }: GraphSubscription, tenantId: string) => ({
  subscriptionId: id,
  subscriptionExpirationDateTime: expirationDateTime,
  ...(clientState === null ? {} : { clientState }),
  tenantId,
});

function changeContent(
  subscription: GraphSubscription,
  object: DirectoryObject,
  changeType: string,
  tenantId: string,
): Record<string, unknown> {
  const resource = resourcePath(object);
  const type = `#Microsoft.Graph.${object.kind === 'user' ? 'User' : 'Group'}`;
  return {
    id: randomUUID(),
    ...envelope(subscription, tenantId),
    changeType,
    resource,
    resourceData: { '@odata.type': type, '@odata.id': resource, id: object.id },
  };
}

/** Returns the status of the response, or 0 when none came in time. */
async function postStatus(url: string, value: Record<string, unknown>[]): Promise<number> {
  try {
    const { status } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ value }),
      signal: AbortSignal.timeout(responseTimeoutMs),
    });
    return status;
  } catch {
    return 0;
  }
}
