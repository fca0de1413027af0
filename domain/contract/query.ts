/** Questions of the command, answered by a worker so that no command needs the database or a secret. */

import type { ChainPlace } from '../journal/journal.ts';
import type { Erasure } from './erasure.ts';
import type { PreviewKey } from './preview.ts';
import type { SignInRequest } from './sign-in.ts';

/**
 * What the store knows. The `question` workflow runs each as an activity. `after` is 0 first, then the `next` of the page
 * before.
 */
export type StoreQuery =
  | { about: 'tenants'; after: number }
  | { about: 'cycle'; tenant: string; cycle: number }
  | { about: 'cycles'; tenant: string; limit: number }
  | {
      about: 'lines';
      tenant: string;
      cycle: number;
      status: 'held' | 'failed' | 'refused' | 'done';
      after: number;
    }
  | { about: 'findings'; tenant: string; cycle: number; after: number }
  | { about: 'approvals'; tenant: string | null; open: boolean; after: number }
  | { about: 'approval'; tenant: string; approval: number; after: number }
  | JournalQuery
  | ({ about: 'signInAddress'; tenant: string } & SignInRequest)
  /** `subject` as somebody typed it: an address, a name, an id, a team. */
  | { about: 'why'; tenant: string; subject: string }
  | PreviewQuery;

/** About a preview that runs or that was made (`PreviewKey`); `previewEnd` drops it. */
export type PreviewQuery = PreviewKey &
  (
    | { about: 'previewProgress' }
    | { about: 'previewLines'; after: number; compared: boolean }
    | { about: 'previewFindings'; after: number }
    | { about: 'previewEnd' }
  );

/** The journal, newest first; its chain, part by part; and what taking a cycle back would do. */
export type JournalQuery =
  | { about: 'history'; tenant: string; person?: string; since?: string; after: number }
  | { about: 'verify'; tenant: string; from: ChainPlace | null }
  | { about: 'undo'; tenant: string; cycle: number }
  /** No mere question: it erases. */
  | ({ about: 'erase' } & Erasure);

/** Whether a tenant file would work, asked of both sides themselves. The file as data: references to secrets, no secret. */
export interface CheckQuery {
  about: 'check';
  file: unknown;
}

export type Query = StoreQuery | CheckQuery;
