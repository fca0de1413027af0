/** What stands against a link by hand, or the end of one (docs/reference/rules.md section 3.2). */
import { syncRules } from '../../config/rules.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { LinkQuery } from '../../domain/contract/query.ts';
import type { Person } from '../../domain/people/directory.ts';
import { buildMembershipIndex } from '../../domain/people/membership.ts';
import { isOwnAddress } from '../../domain/people/person.ts';
import { adminRole } from '../../domain/people/roles.ts';
import { prepareSensitivity } from '../../domain/people/sensitive.ts';
import { type HoldRule, limitHolds } from '../../domain/plan/change.ts';
import type { SyncRules } from '../../domain/rules.ts';
import { sameText } from '../../domain/text.ts';
import type { TimelyUser } from '../../domain/timely.ts';
import { WrongUseError } from '../../store/approvals/decisions.ts';
import type { Transaction } from '../../store/database.ts';
import { linkOfUser, othersWith } from '../../store/planning/manual-links.ts';
import { personLinkOf, verdictOf, waitingChanges } from '../../store/query/why.ts';
import { membershipsOfPeople } from '../../store/replica/memberships.ts';
import { loadExtras, loadGroups, loadPeople } from '../../store/replica/replica.ts';
import { tenantRow } from '../../store/tenants.ts';
import type { Services } from '../services.ts';

export type LinkContext = Pick<Services, 'now'> & { store: Transaction; tenant: string; file: TenantFile };

/** Holds that the command answers, or that have nothing to do with who the person is. All others say no. */
const harmlessHolds: Record<LinkQuery['about'], readonly HoldRule[]> = {
  link: ['possible-duplicate', 'no-seat', 'too-many-invitations', 'too-many-role-changes', 'lowers-role'],
  // Untying removes no user. It settles which user a removal is about.
  unlink: ['identity-mismatch', 'incomplete-read', ...limitHolds],
};

export const labelFor = (name: string, id: string | number) => `${name} (${id})`;

/** Returns whether the link is new; false when it is there already. @throws WrongUseError when another one is there */
export async function requireNoOtherLink(
  context: LinkContext,
  person: Person,
  user: TimelyUser,
): Promise<boolean> {
  const { store, tenant } = context;
  const own = await personLinkOf(store, tenant, person.id);
  if (own?.timelyId === user.id) return false;
  if (own) {
    throw new WrongUseError(
      `This person is linked to another Timely user, ${own.timelyId}. Untie them first: timely-sync unlink ${tenant} ${person.id}`,
    );
  }
  const owner = await linkOfUser(store, tenant, user.id);
  if (!owner) return true;
  const [other] = await loadPeople(store, tenant, [owner.personId]);
  const name = other?.name ?? owner.former?.name ?? 'a deleted person';
  throw new WrongUseError(
    `The Timely user ${user.id} is linked to ${labelFor(name, owner.personId)}. Untie that person first: timely-sync unlink ${tenant} ${owner.personId}`,
  );
}

/** The next cycle would remove the user of a person who is out of scope. */
export async function requireInScope({ store, tenant }: LinkContext, person: Person): Promise<void> {
  const verdict = await verdictOf(store, tenant, person.id);
  if (verdict?.inScope) return;
  throw new WrongUseError(
    verdict
      ? `This person is not in scope (${verdict.reason}): the next cycle would remove the Timely user.`
      : `${tenant} has not planned for this person yet: timely-sync sync ${tenant} does it.`,
  );
}

/** A hold asks a question that a link must not answer on the side. */
export async function requireNoHold(
  { store, tenant }: LinkContext,
  personId: string,
  about: LinkQuery['about'],
): Promise<void> {
  const cycle = (await tenantRow(store, tenant))?.planCycle ?? 0;
  const waiting = await waitingChanges(store, tenant, cycle, personId, null);
  const held = waiting.find(({ hold }) => hold && !harmlessHolds[about].includes(hold.rule));
  if (!held?.hold) return;
  const step = held.request ? `Decide first: timely-sync approvals show ${held.request}` : held.hold.detail;
  throw new WrongUseError(`The ${held.change} of this person is held by "${held.hold.rule}". ${step}`);
}

/** What the gate and the matching would say of such a link. */
export async function requireHarmless(context: LinkContext, person: Person, user: TimelyUser): Promise<void> {
  const { store, tenant, file } = context;
  const rules = syncRules(file);
  if (!isOwnAddress(person, user.email, rules.scope.guestDomains)) {
    throw new WrongUseError(
      'identity-mismatch: this person comes from outside, and the Timely user does not have their home address.',
    );
  }
  const ids = await othersWith(store, tenant, { ...user, notOf: person.id });
  if (ids.length > 0) {
    const others = await loadPeople(store, tenant, ids);
    const names = others.map(({ id, name }) => labelFor(name, id)).join(', ');
    throw new WrongUseError(
      `already-linked: the address or the external id of this Timely user is that of ${names}.`,
    );
  }
  if (sameText(user.role, adminRole)) {
    throw new WrongUseError(
      'sensitive: the Timely user is an admin. Lower the role in Timely first, or give both the same address: then a cycle asks for approval.',
    );
  }
  const reason = await whySensitive(context, rules, person, user);
  if (reason !== null) {
    throw new WrongUseError(
      `sensitive: ${reason} Give both the same address instead: then a cycle asks for approval.`,
    );
  }
}

/** As the gate says it of the person with that user; privileged people may have the same addresses. */
async function whySensitive(
  { store, tenant }: LinkContext,
  rules: SyncRules,
  person: Person,
  user: TimelyUser,
): Promise<string | null> {
  const { privileged } = await loadExtras(store, tenant);
  const ids = [person.id, ...privileged.map(({ personId }) => personId)];
  const known = new Map((await loadPeople(store, tenant, ids)).map((one) => [one.id, one]));
  const membership = buildMembershipIndex({
    people: [person],
    groups: await loadGroups(store, tenant),
    memberships: await membershipsOfPeople(store, tenant, [person.id]),
  });
  const index = {
    membership,
    person: (id: string) => known.get(id),
    user: () => user,
    linkOfPerson: () => undefined,
    linkOfUser: () => undefined,
  };
  const reasonFor = prepareSensitivity({ rules, directory: { privileged }, index });
  const { id: personId, name } = person;
  return reasonFor({ type: 'person', personId, timelyId: user.id, email: user.email, name });
}
