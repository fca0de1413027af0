/** All kinds of findings. docs/findings.md says what each means and what to do; a test of the house compares both lists. */
export const findingKinds = [
  'ambiguous-group',
  'cannot-change',
  'cannot-undo',
  'channel-failing',
  'credential-ends',
  'email-fallback',
  'group-name-taken',
  'group-recreated',
  'group-renamed',
  'hidden-group',
  'hidden-person',
  'leaver',
  'member-added-by-hand',
  'member-removed-by-hand',
  'missing-group',
  'name-has-digits',
  'name-has-refused-characters',
  'no-directory-roles',
  'no-email',
  'no-notifications',
  'no-seat',
  'odd-record',
  'refused',
  'removed-in-timely',
  'role-changed-by-hand',
  'rule-matches-nobody',
  'seats',
  'team-deleted-by-hand',
  'team-name-taken',
  'team-passed-on',
  'team-renamed-by-hand',
  'undo-leaves',
  'unmanaged',
  'unmanaged-leaver',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** How many findings of each kind there are, by kind in alphabetical order. Kinds without a finding are left out. */
export type FindingCounts = Partial<Record<FindingKind, number>>;

/** Kinds that no channel is told: a forecast of each cycle, and what the command `undo` has shown already. */
export const untoldFindingKinds: readonly FindingKind[] = ['seats', 'cannot-undo', 'undo-leaves'];

/** Returns the counts in words, `12 unmanaged, no-email`, the largest first; an empty text without findings. */
export function findingCountsText(counts: FindingCounts): string {
  return Object.entries(counts)
    .sort(([, one], [, other]) => other - one)
    .map(([kind, count]) => countedKind(kind, count))
    .join(', ');
}

/** A kind is a name and has no plural: `3 unmanaged`, and `seats` for one of it. */
export const countedKind = (kind: string, count: number): string => (count === 1 ? kind : `${count} ${kind}`);

/** Returns how many findings there are of all kinds. */
export const totalFindings = (counts: FindingCounts): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
