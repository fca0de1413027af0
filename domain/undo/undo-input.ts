/** The input of the plan that undoes a cycle. */

import type { ChainedEntry, JournalPerson } from '../journal/journal.ts';
import type { PersonLink, TeamLink } from '../people/link.ts';
import type { PersonSubject } from '../plan/change.ts';
import type { Digest } from '../plan/fingerprint.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import type { TimelySnapshot } from '../timely.ts';

export interface UndoInput {
  /** The cycle to undo, and its entries in the journal, in order. */
  cycle: number;
  entries: readonly ChainedEntry[];
  timely: TimelySnapshot;
  personLinks: readonly PersonLink[];
  teamLinks: readonly TeamLink[];
  /** Lookup tables over the directory as last read, and over Timely, for the gate. */
  index: PlanIndex;
  /** The role for people whose own role cannot be given with an invitation. */
  defaultRole: string;
  digest: Digest;
}

/** A person that the cycle removed. The undo reinstates them unless they are in Timely. */
export interface Returner {
  subject: PersonSubject;
  state: JournalPerson;
}
