/**
 * What we leave on teams that we make (`external_id`), so that a second sync of the same account is seen
 * (docs/reference/timely-api.md section 3).
 */
import type { TeamSource } from '../plan/change.ts';

const prefix = 'timely-directory-sync';
/** Longest `external_id` that Timely takes. */
const longest = 512;

/** `marker` is the tenant's own, made at random with its row in the store: two installations never share one. */
export const teamExternalId = (marker: string, source: TeamSource): string =>
  `${prefix}/${marker}/${source}`.slice(0, longest);

/** The marker in a team's `external_id`; null when no sync of this kind left it. */
export function markerOf(externalId: string): string | null {
  const [first, marker] = externalId.split('/');
  return first === prefix && marker ? marker : null;
}
