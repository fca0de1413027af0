/** The event hook of the org, as an administrator has set it up (docs/reference/okta.md section 7). */

export interface EventHook {
  id: string;
  /** Null: there is none. */
  url: string | null;
  /** Sent as `Authorization`. */
  secret: string;
  eventTypes: string[];
  /** Only a verified hook is called. */
  isVerified: boolean;
}

/** Types that a hook may ask for: not the completed deletion (docs/reference/okta.md section 7). */
export const isEligible = (eventType: string): boolean =>
  eventType !== 'user.lifecycle.delete.completed' && eventType !== 'user.account.lock';
