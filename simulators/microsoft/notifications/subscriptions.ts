/**
 * Subscriptions to changes, and the changes that each receives
 * (docs/reference/microsoft-graph.md section 5).
 */
import type { DirectoryObject } from '../directory/objects.ts';

export interface GraphSubscription {
  id: string;
  /** `users`, `groups`, or one object: `users/{id}`. */
  resource: string;
  /** `created`, `updated` or `deleted`; several separated by commas. */
  changeType: string;
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  expirationDateTime: string;
  clientState: string | null;
  applicationId: string;
  /** Its authorization ended. It receives nothing until it is renewed or reauthorized. */
  lapsed: boolean;
}

/** Longest and shortest life of a subscription to directory objects. A shorter request is raised to the shortest. */
export const lifeMaxMs = 41_760 * 60_000;
export const lifeMinMs = 45 * 60_000;
/** Most subscriptions of one application in one tenant. */
export const subscriptionsMax = 100;
export const clientStateMax = 128;

/** `created` is accepted and never sent. Creation and soft delete are `updated`, a purge is `deleted`. */
export const changeTypes = ['created', 'updated', 'deleted'];

/** Returns the resource in one spelling, or null when it allows no subscription. */
export function resourceOf(text: string): string | null {
  const resource = text.toLowerCase().replace(/^\/+|\/+$/g, '');
  return /^(users|groups)(\/[^/]+)?$/.test(resource) ? resource : null;
}

/** Returns the type of a change that a subscription receives, or null. */
export function deliveredChangeType(
  { resource, changeType, expirationDateTime }: GraphSubscription,
  object: DirectoryObject,
  now: Date,
): 'updated' | 'deleted' | null {
  const all = `${object.kind}s`;
  const change = object.status === 'purged' ? 'deleted' : 'updated';
  const isMatch = resource === all || resource === `${all}/${object.id.toLowerCase()}`;
  const isDelivered = isMatch && changeType.split(',').includes(change) && new Date(expirationDateTime) > now;
  return isDelivered ? change : null;
}
