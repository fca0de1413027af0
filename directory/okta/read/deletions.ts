/**
 * Who was deleted, by the System Log. A person whom the administrator role of the service app no longer reaches answers as a
 * deleted one does (docs/reference/okta-and-sap.md section 1.4), so only the log proves a deletion.
 */

import { dayMs } from '../../../domain/time.ts';
import { isoOf } from '../../watermark.ts';
import type { OktaClient } from '../client/okta-client.ts';
import { logPath, readLog, targetsOf, userDeletions } from './log.ts';

export interface Deletions {
  /** Those of the people whose deletion is in the log. */
  provenOf(ids: readonly string[]): Promise<Set<string>>;
  /** Events that a read of changes has seen. */
  note(ids: readonly string[]): void;
}

/** The log keeps 90 days (docs/reference/okta-and-sap.md section 1.3). */
const keptMs = 89 * dayMs;

/** It remembers whose deletion it has seen, and reads the log for all others. */
export function createDeletions(okta: OktaClient): Deletions {
  const deleted = new Set<string>();
  const note = (ids: readonly string[]) => {
    for (const id of ids) deleted.add(id);
  };
  return {
    note,
    async provenOf(ids) {
      const areKnown = () => ids.every((id) => deleted.has(id));
      if (!areKnown()) {
        for await (const { events } of readLog(okta, logPath(userDeletions, isoOf(Date.now() - keptMs)))) {
          note(targetsOf(events, userDeletions, 'User'));
          if (areKnown()) break;
        }
      }
      return new Set(ids.filter((id) => deleted.has(id)));
    },
  };
}
