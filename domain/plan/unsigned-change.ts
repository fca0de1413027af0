/** A change on its way into the plan. */
import type { Change, PersonChange, TeamChange } from './change.ts';
import { type Digest, fingerprint } from './fingerprint.ts';

/** Why a change waits. */
export type Hold = NonNullable<Change['hold']>;

/** A change of a person as planned, before the gate. */
export type PlannedPersonChange = Omit<PersonChange, 'hold' | 'refusal'>;
/** A change of a team as planned, before the gate. */
export type PlannedTeamChange = Omit<TeamChange, 'hold' | 'refusal'>;

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
