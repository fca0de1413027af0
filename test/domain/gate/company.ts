/** A company for the tests of the gate, and the holds of the changes planned for it. */

import type { GateInput } from '../../../domain/gate/gate-input.ts';
import type { HoldRule } from '../../../domain/plan/change.ts';
import type { SafetyRules } from '../../../domain/rules.ts';
import { gated, link, person, planOf, user, type World, worldWith } from '../support/world.ts';

export const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `P${String(index).padStart(3, '0')}`);

/** A company of linked people. The first ones are deleted from the directory. */
export function companyWith(people: number, leavers: number, safety: Partial<SafetyRules> = {}): World {
  const all = names(people);
  return worldWith({
    rules: { safety },
    directory: { people: all.slice(leavers).map((name) => person(name)) },
    timely: { users: all.map((name, index) => user(100 + index, name)) },
    personLinks: all.map((name, index) => link(name, 100 + index)),
  });
}

/** Numbers of changes by the rule that holds or refuses them; `none` counts the others. */
export function tally(world: World, patch: Partial<GateInput> = {}): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { hold, refusal } of gated(world, patch)) {
    const rule = hold?.rule ?? refusal?.rule ?? 'none';
    counts[rule] = (counts[rule] ?? 0) + 1;
  }
  return counts;
}

/** The detail of the first hold of a world. */
export const firstDetail = (world: World, patch: Partial<GateInput> = {}) =>
  gated(world, patch).find(({ hold }) => hold)?.hold?.detail;

export const fingerprintsOf = (world: World) => planOf(world).changes.map(({ fingerprint }) => fingerprint);

export const askedAbout = (rule: HoldRule, fingerprints: string[]) =>
  new Map<string, HoldRule>(fingerprints.map((fingerprint) => [fingerprint, rule]));

export const sensitivity = (patch: Partial<SafetyRules['sensitive']>): Partial<SafetyRules> => ({
  sensitive: { directoryRoles: true, timelyRoles: ['admin'], groups: [], emails: [], ...patch },
});
