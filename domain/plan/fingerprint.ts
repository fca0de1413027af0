/** What is approved: a digest of exactly what a change is (docs/reference/rules.md sections 4 and 6). */

import { compareText } from '../text.ts';
import type { Change, Hold, PlannedPersonChange, PlannedTeamChange } from './change.ts';

/** Turns a text into a short one that stands for it, SHA-256 for instance; passed in, since it is no arithmetic of ours. */
export type Digest = (text: string) => string;

/** Fingerprint of a change: equal when kind, subject, reason, before and after are. */
export function fingerprint(
  { kind, subject, reason, before, after }: Pick<Change, 'kind' | 'subject' | 'reason' | 'before' | 'after'>,
  digest: Digest,
): string {
  return digest(canonicalJson({ kind, subject, reason, before, after }));
}

/** JSON with sorted keys and no blanks: one text for one value, however the value was put together. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  let text = '';
  for (const [key, part] of Object.entries(value).sort(byKey)) {
    if (part === undefined) continue;
    text += `${text && ','}${JSON.stringify(key)}:${canonicalJson(part)}`;
  }
  return `{${text}}`;
}

const byKey = ([one]: [string, unknown], [other]: [string, unknown]) => compareText(one, other);

/** A change of a person that has no fingerprint yet, with the holds that planning found. */
export type UnsignedPersonChange = Omit<PlannedPersonChange, 'fingerprint'> & { holds: readonly Hold[] };

/** A change of a team that has no fingerprint yet. */
export type UnsignedTeamChange = Omit<PlannedTeamChange, 'fingerprint'>;

/** Gives a person's change its fingerprint. */
export function personChangeWithFingerprint(
  { kind, subject, reason, before, after }: UnsignedPersonChange,
  digest: Digest,
): PlannedPersonChange {
  const change = { kind, subject, reason, before, after };
  return { kind, subject, reason, before, after, fingerprint: fingerprint(change, digest) };
}

/** Gives a team's change its fingerprint. */
export function teamChangeWithFingerprint(change: UnsignedTeamChange, digest: Digest): PlannedTeamChange {
  return { ...change, fingerprint: fingerprint(change, digest) };
}
