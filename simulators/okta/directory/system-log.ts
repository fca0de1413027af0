/** The System Log: what happened, in the order in which it was stored (docs/reference/okta-and-sap.md section 1.3). */
import { randomUUID } from 'node:crypto';
import type { OktaApp, OktaGroup, OktaUser } from './objects.ts';

export interface LogTarget {
  id: string;
  type: 'User' | 'UserGroup' | 'AppInstance';
  alternateId: string;
  displayName: string;
}

export interface StoredEvent {
  uuid: string;
  eventType: string;
  published: string;
  targets: LogTarget[];
}

interface WaitingEvent {
  event: StoredEvent;
  storedAtMs: number;
}

export interface SavedLog {
  stored: StoredEvent[];
  waiting: WaitingEvent[];
}

/** How each event reads in Okta's console. All types of docs/reference/okta.md section 1 that the simulator makes. */
export const displayMessages = {
  'user.lifecycle.create': 'Create Okta user',
  'user.lifecycle.activate': 'Activate Okta user',
  'user.lifecycle.reactivate': 'Reactivate Okta user',
  'user.lifecycle.deactivate': 'Deactivate Okta user',
  'user.lifecycle.suspend': 'Suspend Okta user',
  'user.lifecycle.unsuspend': 'Unsuspend Okta user',
  'user.lifecycle.delete.initiated': 'Delete Okta user initiated',
  'user.lifecycle.delete.completed': 'Delete Okta user completed',
  'user.account.update_profile': 'Update user profile for Okta',
  'user.account.lock': 'Max sign in attempts exceeded',
  'user.account.privilege.grant': 'Grant user privilege',
  'user.account.privilege.revoke': 'Revoke user privilege',
  'group.privilege.grant': 'Grant group privilege',
  'group.privilege.revoke': 'Revoke group privilege',
  'group.lifecycle.create': 'Create Okta group',
  'group.lifecycle.delete': 'Delete Okta group',
  'group.profile.update': 'Update group profile',
  'group.user_membership.add': 'Add user to group membership',
  'group.user_membership.remove': 'Remove user from group membership',
  'application.user_membership.add': 'Add user to application membership',
  'application.user_membership.remove': 'Remove user from application membership',
  'group.application_assignment.add': 'Assign group to application',
  'group.application_assignment.remove': 'Unassign group from application',
} as const;
export type EventType = keyof typeof displayMessages;

export class SystemLog {
  readonly #stored: StoredEvent[];
  #waiting: WaitingEvent[];
  /** Returns how much later than usual the next event is stored. */
  lateMs: () => number = () => 0;
  /** Called for each event, whether or not it is stored yet. */
  onEvent: (event: StoredEvent) => void = () => {};

  constructor({ stored, waiting }: SavedLog) {
    this.#stored = stored;
    this.#waiting = waiting;
  }

  /** Adds an event that is stored `usualMs` after it happened, or later. */
  add(eventType: EventType, targets: LogTarget[], now: Date, usualMs: number): void {
    const delayMs = usualMs + this.lateMs();
    const event = { uuid: randomUUID(), eventType, published: now.toISOString(), targets };
    if (delayMs > 0) this.#waiting.push({ event, storedAtMs: now.getTime() + delayMs });
    else this.#stored.push(event);
    this.onEvent(event);
  }

  /** Returns the events that are stored by now. Positions in it never change. */
  events(now: Date): readonly StoredEvent[] {
    const due = this.#waiting.filter(({ storedAtMs }) => storedAtMs <= now.getTime());
    if (due.length > 0) {
      this.#waiting = this.#waiting.filter((waiting) => !due.includes(waiting));
      const byStorage = due.sort((left, right) => left.storedAtMs - right.storedAtMs);
      this.#stored.push(...byStorage.map(({ event }) => event));
    }
    return this.#stored;
  }

  save(): SavedLog {
    return { stored: this.#stored, waiting: this.#waiting };
  }
}

export const userTarget = ({ id, profile }: OktaUser): LogTarget => ({
  id,
  type: 'User',
  alternateId: String(profile.login),
  displayName: String(profile.displayName ?? profile.login),
});

export const groupTarget = ({ id, profile }: OktaGroup): LogTarget => ({
  id,
  type: 'UserGroup',
  alternateId: 'unknown',
  displayName: profile.name,
});

export const appTarget = ({ id, label }: OktaApp): LogTarget => ({
  id,
  type: 'AppInstance',
  alternateId: label,
  displayName: label,
});
