/**
 * The `external_id` of teams that the sync creates. It reveals a second sync of the same account
 * (docs/reference/timely-api.md section 3).
 */
import type { TeamSource } from '../plan/change.ts';

const prefix = 'timely-directory-sync';
/** The longest `external_id` that Timely accepts. */
const maxLength = 512;

/** Returns the `external_id` of a team. `marker` is random and belongs to the tenant's row in one store. */
export const teamExternalId = (marker: string, source: TeamSource): string =>
  `${prefix}/${marker}/${source}`.slice(0, maxLength);

/** Whether a sync of this product made the team for the source, perhaps with another store. */
export function isMadeFor(externalId: string | null | undefined, source: TeamSource): boolean {
  const marker = externalId ? markerOf(externalId) : null;
  return marker !== null && externalId === teamExternalId(marker, source);
}

/** Returns the marker in an `external_id`; null when it does not come from this product. */
export function markerOf(externalId: string): string | null {
  const [first, marker] = externalId.split('/');
  return first === prefix && marker ? marker : null;
}
