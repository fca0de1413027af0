/**
 * Subscriptions to changes: what is kept of one, and which changes it is told
 * (docs/reference/microsoft-graph.md section 5).
 */
import type { DirectoryObject } from '../directory/objects.ts';

export interface GraphSubscription {
  id: string;
  /** `users`, `groups`, or one object of them: `users/{id}`. */
  resource: string;
  /** Of `created`, `updated` and `deleted`, separated by commas. */
  changeType: string;
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  expirationDateTime: string;
  clientState: string | null;
  applicationId: string;
  /** The token that it holds has run out: nothing is delivered until it is renewed or reauthorized. */
  lapsed: boolean;
}

/** Longest life of a subscription to directory objects; anything under the shortest is raised to it. */
export const lifeMaxMs = 41_760 * 60_000;
export const lifeMinMs = 45 * 60_000;
/** Subscriptions of one application in one tenant. */
export const subscriptionsMax = 100;
export const clientStateMax = 128;

/** `created` is accepted and never comes: creation and soft delete are `updated`, `deleted` is for good. */
export const changeTypes = ['created', 'updated', 'deleted'];

/** The resource in one spelling; null for one that cannot be subscribed to. */
export function resourceOf(text: string): string | null {
  const resource = text.toLowerCase().replace(/^\/+|\/+$/g, '');
  return /^(users|groups)(\/[^/]+)?$/.test(resource) ? resource : null;
}

/** Whether a subscription is told of a change; null when it is not. */
export function deliveredChangeType(
  { resource, changeType, expirationDateTime }: GraphSubscription,
  object: DirectoryObject,
  now: Date,
): 'updated' | 'deleted' | null {
  const all = `${object.kind}s`;
  const change = object.status === 'purged' ? 'deleted' : 'updated';
  const concerned = resource === all || resource === `${all}/${object.id.toLowerCase()}`;
  const told = concerned && changeType.split(',').includes(change) && new Date(expirationDateTime) > now;
  return told ? change : null;
}
