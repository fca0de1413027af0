/** Fingerprints of changes: an approval covers exactly one of them (docs/reference/rules.md sections 4 and 6). */

import type { Change, Hold, PlannedPersonChange, PlannedTeamChange } from './change.ts';

/** A cryptographic hash of a text, such as SHA-256. It is passed in, because the domain imports no library. */
export type Digest = (text: string) => string;

/** Returns the fingerprint of a change. It is equal when kind, subject, reason, before and after are equal. */
export function fingerprint(
  { kind, subject, reason, before, after }: Pick<Change, 'kind' | 'subject' | 'reason' | 'before' | 'after'>,
  digest: Digest,
): string {
  return digest(canonicalJson({ kind, subject, reason, before, after }));
}

/** Returns JSON with sorted keys and no blanks, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = value as Record<string, unknown>;
  let text = '';
  // Without a function, `sort` orders by code unit, and quicker than one could.
  for (const key of Object.keys(members).sort()) {
    if (members[key] === undefined) continue;
    text += `${text && ','}${JSON.stringify(key)}:${canonicalJson(members[key])}`;
  }
  return `{${text}}`;
}

/** A change of a person without a fingerprint, with the holds that planning found. */
export type UnsignedPersonChange = Omit<PlannedPersonChange, 'fingerprint'> & { holds: readonly Hold[] };

/** A change of a team without a fingerprint. */
export type UnsignedTeamChange = Omit<PlannedTeamChange, 'fingerprint'>;

/** Returns the change of a person with its fingerprint, without its holds. */
export function personChangeWithFingerprint(
  { kind, subject, reason, before, after }: UnsignedPersonChange,
  digest: Digest,
): PlannedPersonChange {
  const change = { kind, subject, reason, before, after };
  return { kind, subject, reason, before, after, fingerprint: fingerprint(change, digest) };
}

/** Returns the change of a team with its fingerprint. */
export function teamChangeWithFingerprint(change: UnsignedTeamChange, digest: Digest): PlannedTeamChange {
  return { ...change, fingerprint: fingerprint(change, digest) };
}
