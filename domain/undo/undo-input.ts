/** What taking a cycle back works with. */

import type { ChainedEntry } from '../journal/journal.ts';
import type { JournalPerson } from '../journal/journal-states.ts';
import type { PersonLink, TeamLink } from '../people/link.ts';
import type { PersonSubject } from '../plan/change.ts';
import type { Digest } from '../plan/fingerprint.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import type { TimelySnapshot } from '../timely.ts';

export interface UndoInput {
  /** The cycle to take back, and what the journal has of it, in order. */
  cycle: number;
  entries: readonly ChainedEntry[];
  timely: TimelySnapshot;
  personLinks: readonly PersonLink[];
  teamLinks: readonly TeamLink[];
  /** Of the directory as last read, and of Timely: for the gate. */
  index: PlanIndex;
  /** Role for those whose own cannot be given with an invitation. */
  defaultRole: string;
  digest: Digest;
}

/** Somebody whom the cycle removed, and the undo takes back unless they are there. */
export interface Returner {
  subject: PersonSubject;
  state: JournalPerson;
}
