/**
 * The journal is a hash chain. The hash of an entry covers the entry and the previous hash, so that a changed, missing or
 * inserted entry breaks every later hash. Personal data is covered by a salted digest, so that it can be erased without
 * breaking the chain. Without the salt, it cannot be guessed from the digest.
 */
import { type ChangeKind, changeKinds } from '../plan/change.ts';
import { canonicalJson, type Digest } from '../plan/fingerprint.ts';
import type { TimelyTeam, TimelyTeamMember } from '../timely.ts';

/** Events that the journal keeps besides changes. */
export const eventKinds = [
  'decided',
  'reopened',
  'configured',
  'paused',
  'resumed',
  'stopped',
  'started',
  'undone',
  'erased',
  'linked',
  'unlinked',
  'setUp',
] as const;
export type EventKind = (typeof eventKinds)[number];
export type JournalKind = ChangeKind | EventKind;
export const journalKinds = [...changeKinds, ...eventKinds] as const;

/** The personal part of an entry, which can be erased. */
export interface JournalPayload {
  /** Object id, team source, approval number, or version of a tenant file. */
  subjectKey: string;
  subject: unknown;
  before: unknown;
  after: unknown;
  reason: string;
}

/** An entry that is not in the chain yet. */
export interface JournalEntry extends JournalPayload {
  /** 0 outside of a cycle. */
  cycle: number;
  kind: JournalKind;
  /** ISO 8601, milliseconds. */
  at: string;
  /** Number of the approval that permits the change, or that is decided. */
  approval: number | null;
}

/** An entry in the chain. Erasing a person clears the payload and sets the salt to null. */
export interface ChainedEntry extends JournalEntry {
  sequence: number;
  salt: string | null;
  digest: string;
  hash: string;
}

/** A position in the chain: the sequence number and hash of an entry. */
export interface ChainPlace {
  sequence: number;
  hash: string;
}

/** The position before the first entry of a tenant. */
export const chainStart: ChainPlace = { sequence: 0, hash: '0'.repeat(64) };

/** Returns the salted digest that the chain keeps of the personal part of an entry. */
export function payloadDigest(payload: JournalPayload, salt: string, digest: Digest): string {
  const { subjectKey, subject, before, after, reason } = payload;
  return digest(`${salt}\n${canonicalJson({ subjectKey, subject, before, after, reason })}`);
}

/** Returns the part of an entry that its hash covers, with the digest of the payload. */
export function chainedText(
  tenant: string,
  entry: Omit<JournalEntry, keyof JournalPayload>,
  payload: string,
) {
  const { cycle, kind, at, approval } = entry;
  return canonicalJson({ tenant, cycle, kind, at, approval, payload });
}

/** Returns the position of the next entry. The store computes the same hash in the SQL that writes the entry. */
export function hashAfter(before: ChainPlace, chained: string, digest: Digest): ChainPlace {
  const sequence = before.sequence + 1;
  return { sequence, hash: digest(`${before.hash}\n${sequence}\n${chained}`) };
}

/** An erasure, by its own entry. */
export interface JournalErasure {
  sequence: number;
  at: string;
  by: string;
}

/** The erasure that opened an entry, by the sequence number of that entry. */
export type Erasures = Map<number, JournalErasure>;

/**
 * Verifies the chain from a position. `broken` says what is wrong at the first entry that does not match. `opened` has the
 * entries without a salt by the erasure that took it; without an erasure such an entry was tampered with.
 */
export function followChain(
  {
    tenant,
    from,
    erasures,
    digest,
  }: { tenant: string; from: ChainPlace; erasures: Erasures; digest: Digest },
  entries: readonly ChainedEntry[],
): {
  end: ChainPlace;
  opened: Map<JournalErasure, number>;
  broken: { sequence: number; problem: string } | null;
} {
  let end = from;
  const opened = new Map<JournalErasure, number>();
  for (const entry of entries) {
    const { sequence, salt, hash } = entry;
    const erasure = salt === null ? erasures.get(sequence) : undefined;
    const problem =
      problemOf(tenant, end, entry, digest) ??
      (salt === null && !erasure
        ? `Entry ${sequence} cannot be verified: its salt is gone, and no erasure names it.`
        : null);
    if (problem) return { end, opened, broken: { sequence, problem } };
    if (erasure) opened.set(erasure, (opened.get(erasure) ?? 0) + 1);
    end = { sequence, hash };
  }
  return { end, opened, broken: null };
}

function problemOf(tenant: string, before: ChainPlace, entry: ChainedEntry, digest: Digest): string | null {
  const { sequence, salt } = entry;
  if (sequence !== before.sequence + 1) {
    return `Entry ${before.sequence + 1} is missing: entry ${sequence} follows entry ${before.sequence}.`;
  }
  if (salt !== null && payloadDigest(entry, salt, digest) !== entry.digest) {
    return `Entry ${sequence} was changed after it was written.`;
  }
  const chained = chainedText(tenant, entry, entry.digest);
  if (hashAfter(before, chained, digest).hash === entry.hash) return null;
  return `The hash of entry ${sequence} does not match the entry and the hash before it.`;
}

/** A member of a team, and whether the sync added them. */
export interface JournalMember extends TimelyTeamMember {
  managed: boolean;
}

/** A team with only the members who joined or left, so that one change does not store thousands. `size` counts all. */
export interface JournalTeam {
  id: number;
  name: string;
  size: number;
  members: JournalMember[];
}

/** A person's membership of a team at the time of their removal. */
export interface JournalPlace extends Omit<JournalMember, 'userId'> {
  team: number;
}

/** State of a person, with `timelyId` after an invitation or a link, and with `teams` before a removal. */
export interface JournalPerson {
  role: string;
  /** The role had been given by hand (docs/reference/rules.md section 4.3). */
  byHand?: true;
  timelyId?: number;
  teams?: JournalPlace[];
}

/** Returns a team before and after a write, each state with the members that the other lacks. */
export function teamStates(
  before: TimelyTeam | null,
  after: TimelyTeam | null,
  managed: ReadonlySet<number>,
): { before: JournalTeam | null; after: JournalTeam | null } {
  return { before: without(before, after, managed), after: without(after, before, managed) };
}

function without(
  team: TimelyTeam | null,
  other: TimelyTeam | null,
  managed: ReadonlySet<number>,
): JournalTeam | null {
  if (!team) return null;
  const others = new Set(other?.members.map(({ userId }) => userId));
  const members = team.members
    .filter(({ userId }) => !others.has(userId))
    .map((member) => ({ ...member, managed: managed.has(member.userId) }));
  return { id: team.id, name: team.name, size: team.members.length, members };
}
