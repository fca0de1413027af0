/** Addresses that the tenant file lists to keep people out or to protect them (docs/reference/rules.md section 2.3). */

import type { Finding } from '../plan/change.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import type { UnplannedContext } from '../plan/unplanned-context.ts';
import type { SyncRules } from '../rules.ts';
import type { TimelyUser } from '../timely.ts';
import { addressKey } from './address.ts';
import type { Person } from './directory.ts';
import type { PersonLink } from './link.ts';
import { addressKeysOf } from './person.ts';

interface AddressLine {
  label: string;
  address: string;
  key: string;
  /** Whether a Timely user whom no person is linked to counts as a match. */
  alsoUnlinked: boolean;
}

interface ListedAddresses {
  findings: Finding[];
  /** What matches each line: the object id of a person, else `user <id>`; by the label of the line. */
  matchExamples: Map<string, string>;
}

/** Finds the listed addresses that no person has. Such a line protects nobody, often because of a spelling mistake. */
export function matchListedAddresses(input: {
  rules: Pick<SyncRules, 'scope' | 'safety'>;
  people: readonly Person[];
  users: readonly TimelyUser[];
  personLinks: readonly PersonLink[];
  index: Pick<PlanIndex, 'user' | 'person' | 'linkOfPerson'>;
  unplanned?: Pick<UnplannedContext, 'matchedLines'> | undefined;
}): ListedAddresses {
  const lines = addressLines(input.rules);
  const matchExamples = new Map<string, string>();
  const match = (keys: ReadonlySet<string>, example: string, isFitting: (line: AddressLine) => boolean) => {
    for (const line of lines) {
      if (keys.has(line.key) && isFitting(line) && !matchExamples.has(line.label))
        matchExamples.set(line.label, example);
    }
  };
  for (const person of lines.length > 0 ? input.people : []) {
    if (matchExamples.size === lines.length) break;
    match(new Set(knownAddresses(person, input.index)), person.id, () => true);
  }
  for (const { personId, former } of matchExamples.size < lines.length ? input.personLinks : []) {
    if (!former || input.index.person(personId)) continue;
    match(new Set(addressKeysOf(former)), personId, ({ alsoUnlinked }) => alsoUnlinked);
  }
  for (const user of matchExamples.size < lines.length ? input.users : []) {
    match(new Set([addressKey(user.email)]), `user ${user.id}`, ({ alsoUnlinked }) => alsoUnlinked);
  }
  const unmatched = lines.filter(
    ({ label }) => !matchExamples.has(label) && !input.unplanned?.matchedLines.has(label),
  );
  return { matchExamples, findings: unmatched.map(noMatchFinding) };
}

/** Returns all addresses of a person and of the Timely user linked to them, for comparisons. */
export function knownAddresses(person: Person, index: Pick<PlanIndex, 'user' | 'linkOfPerson'>): string[] {
  const link = index.linkOfPerson(person.id);
  const user = link && index.user(link.timelyId);
  return [...addressKeysOf(person), ...(user ? [addressKey(user.email)] : [])];
}

function addressLines({ scope, safety }: Pick<SyncRules, 'scope' | 'safety'>): AddressLine[] {
  const list = (name: string, addresses: readonly string[], alsoUnlinked: boolean) =>
    addresses.map((address, position) => ({
      label: `${name} ${position + 1}`,
      address,
      key: addressKey(address),
      alsoUnlinked,
    }));
  return [
    // A single address that fits nobody is a line of `scope` that fits nobody.
    ...scope.exclude.flatMap(({ email = [] }, position) =>
      email.length > 1 ? list(`scope.exclude ${position + 1} email`, email, false) : [],
    ),
    ...list('safety.sensitive.emails', safety.sensitive.emails, true),
    ...list('safety.protect', safety.protect, true),
  ];
}

const noMatchFinding = ({ label, address }: AddressLine): Finding => ({
  kind: 'rule-matches-nobody',
  subject: label,
  message: `${label} lists ${address}, which is no address of a person in the directory or of their Timely user. Correct the address or remove it from the tenant file.`,
});
