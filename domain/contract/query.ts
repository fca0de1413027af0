/** Queries that the command sends to a worker, so that the command needs neither the database nor a secret. */

import type { ChainPlace, JournalKind } from '../journal/journal.ts';
import type { Erasure } from './erasure.ts';
import type { LinkRequest, UnlinkRequest } from './link.ts';
import type { LookListKind } from './look.ts';
import type { PersonSignInAnswer, PersonSignInRequest } from './person-sign-in.ts';
import type { PreviewKey } from './preview.ts';
import type { SetUpQuery } from './set-up.ts';
import type { SignInRequest } from './sign-in.ts';
import type { SignedIn } from './who-may.ts';

/**
 * Queries of the store. Each runs as an activity. `after` is 0 for the first page, then the `next` of the previous page.
 * `part`: only what has this in its name or address, ignoring case.
 */
export type StoreQuery =
  | { about: 'tenants'; part?: string; after: number }
  | { about: 'cycle'; tenant: string; cycle: number }
  /** `before`: only cycles of lower numbers. */
  | { about: 'cycles'; tenant: string; limit: number; before?: number }
  | {
      about: 'lines';
      tenant: string;
      cycle: number;
      status: 'held' | 'failed' | 'refused' | 'done';
      part?: string;
      after: number;
    }
  | { about: 'findings'; tenant: string; cycle: number; after: number }
  /** What the last plan found, of one kind or with null of all. */
  | { about: 'openFindings'; tenant: string; kind: string | null; part?: string; after: number }
  | { about: 'findingCounts'; tenant: string }
  | { about: 'pause'; tenant: string }
  /** The tenant file in force, or one of its versions. */
  | { about: 'configuration'; tenant: string; version?: number }
  /** When the tenant's tokens of Timely were stored last, ISO 8601; null without tokens. */
  | { about: 'signedInAt'; tenant: string }
  /** What `resume` would go by. */
  | { about: 'seenPreview'; tenant: string }
  | { about: 'approvals'; tenant: string | null; open: boolean; after: number }
  | { about: 'approval'; tenant: string; approval: number; after: number }
  | { about: 'endedApprovals'; tenant: string | null }
  /** Not read-only: the next plan asks again. */
  | { about: 'reopen'; tenant: string; approval: number; by: string; note: string }
  /** What the tenant file lets a person do who has signed in. */
  | ({ about: 'whoMay'; tenant: string } & SignedIn)
  | RequestQuery
  | JournalQuery
  | LinkQuery
  /** `file`: the tenant file, where none is in force yet. */
  | ({ about: 'signInAddress'; tenant: string; file?: unknown } & SignInRequest)
  | ({ about: 'personSignInPage'; tenant: string } & PersonSignInRequest)
  | ({ about: 'personSignedIn'; tenant: string } & PersonSignInAnswer)
  /** `subject` is free text: an address, a name, an id or a team. `from`: a later page of those whom it may mean. */
  | { about: 'why'; tenant: string; subject: string; from?: number }
  /** Who or what a text may mean, a part of a name included. */
  | { about: 'subjects'; tenant: string; subject: string }
  | PreviewQuery
  | LookQuery
  | SetUpQuery;

/** Queries about one request. `from`: how many of the changes that match stand before the page. */
export type RequestQuery =
  | ({ about: 'requestPage'; tenant: string; approval: number; search: string; from: number } & SignedIn)
  /** What an answer would do now. */
  | {
      about: 'decisionPreview';
      tenant: string;
      approval: number;
      decision: 'approve' | 'reject';
      by: string;
      only: string[];
      except: string[];
    };

/** Queries before there is a tenant file. */
export type LookQuery =
  /** The directory (tenant) id of a domain of Entra ID. `login`: an address or `env:NAME` in place of Microsoft's own. */
  | { about: 'directoryId'; tenant: string; domain: string; login: string | null }
  /** What a look found whose name has the part. */
  | ({ about: 'lookList'; kind: LookListKind; part: string } & PreviewKey);

/** Queries of a running or computed preview. `previewEnd` deletes it. */
export type PreviewQuery = PreviewKey &
  (
    | { about: 'previewProgress' }
    | { about: 'previewLines'; after: number; compared: boolean }
    | { about: 'previewFindings'; after: number }
    | { about: 'previewEnd' }
  );

/** Not read-only: each ties a person to a Timely user, or unties them. */
export type LinkQuery = ({ about: 'link' } & LinkRequest) | ({ about: 'unlink' } & UnlinkRequest);

/** Queries of the journal: entries from newest to oldest, verification in parts, and the preview of an undo. */
export type JournalQuery =
  | {
      about: 'history';
      tenant: string;
      person?: string;
      since?: string;
      kinds?: JournalKind[];
      after: number;
    }
  | { about: 'verify'; tenant: string; from: ChainPlace | null }
  | { about: 'undo'; tenant: string; cycle: number }
  /** Not read-only: it erases personal data. */
  | ({ about: 'erase' } & Erasure);

/** Checks a tenant file against both sides. The file has references to secrets, never a secret. */
export interface CheckQuery {
  about: 'check';
  file: unknown;
  /** Only whether the worker has the secrets, and what the directory and Timely grant. */
  part?: 'access';
  /** The id of a look at the same directory: people in scope are counted in what it read. */
  look?: string;
}

export type Query = StoreQuery | CheckQuery;
