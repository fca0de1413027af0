/**
 * The journal as a hash chain: each entry's hash covers the entry and the hash before, so that none can be changed, left
 * out or put in without every later hash telling. What is personal is covered by a salted digest of its own: it can be
 * erased while the chain stands, and without the salt nobody can guess it from the digest.
 */
import { type ChangeKind, changeKinds } from '../plan/change.ts';
import { canonicalJson, type Digest } from '../plan/fingerprint.ts';

/** What is written down beside changes. */
export const eventKinds = [
  'decided',
  'configured',
  'paused',
  'resumed',
  'stopped',
  'undone',
  'erased',
] as const;
export type EventKind = (typeof eventKinds)[number];
export type JournalKind = ChangeKind | EventKind;
export const journalKinds = [...changeKinds, ...eventKinds] as const;

/** What of an entry may concern a person. */
export interface JournalPayload {
  /** Object id, team source, number of a request, version of a tenant file. */
  subjectKey: string;
  subject: unknown;
  before: unknown;
  after: unknown;
  reason: string;
}

/** An entry before it has its place in the chain. */
export interface JournalEntry extends JournalPayload {
  /** 0 outside of a cycle. */
  cycle: number;
  kind: JournalKind;
  /** ISO 8601, milliseconds. */
  at: string;
  /** The request that approved it, or that is decided. */
  approval: number | null;
}

/** An entry in its place. The salt is null once the person was erased, and the payload with it. */
export interface ChainedEntry extends JournalEntry {
  sequence: number;
  salt: string | null;
  digest: string;
  hash: string;
}

/** Where a chain stands: the sequence number and hash of an entry. */
export interface ChainPlace {
  sequence: number;
  hash: string;
}

/** Before the first entry of a tenant. */
export const chainStart: ChainPlace = { sequence: 0, hash: '0'.repeat(64) };

/** What the chain keeps of an entry's personal part. */
export function payloadDigest(payload: JournalPayload, salt: string, digest: Digest): string {
  const { subjectKey, subject, before, after, reason } = payload;
  return digest(`${salt}\n${canonicalJson({ subjectKey, subject, before, after, reason })}`);
}

/** The rest of an entry, as its hash covers it. */
export function chainedText(
  tenant: string,
  entry: Omit<JournalEntry, keyof JournalPayload>,
  payload: string,
) {
  const { cycle, kind, at, approval } = entry;
  return canonicalJson({ tenant, cycle, kind, at, approval, payload });
}

/** The hash of an entry; the store computes the same in SQL, in the statement that writes the entry. */
export function hashAfter(before: ChainPlace, sealed: string, digest: Digest): ChainPlace {
  const sequence = before.sequence + 1;
  return { sequence, hash: digest(`${before.hash}\n${sequence}\n${sealed}`) };
}

/** Follows a chain from a place. `broken`: what is wrong at the first entry that does not fit. */
export function followChain(
  tenant: string,
  from: ChainPlace,
  entries: readonly ChainedEntry[],
  digest: Digest,
): { end: ChainPlace; broken: { sequence: number; problem: string } | null } {
  let end = from;
  for (const entry of entries) {
    const problem = problemOf(tenant, end, entry, digest);
    if (problem) return { end, broken: { sequence: entry.sequence, problem } };
    end = { sequence: entry.sequence, hash: entry.hash };
  }
  return { end, broken: null };
}

function problemOf(tenant: string, before: ChainPlace, entry: ChainedEntry, digest: Digest): string | null {
  const { sequence, salt } = entry;
  if (sequence !== before.sequence + 1) {
    return `Entry ${before.sequence + 1} is missing: entry ${sequence} follows on ${before.sequence}.`;
  }
  if (salt !== null && payloadDigest(entry, salt, digest) !== entry.digest) {
    return `Entry ${sequence} says something else than when it was written.`;
  }
  const sealed = chainedText(tenant, entry, entry.digest);
  if (hashAfter(before, sealed, digest).hash === entry.hash) return null;
  return `The hash of entry ${sequence} does not fit it and the entry before.`;
}
