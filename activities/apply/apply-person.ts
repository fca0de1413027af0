/** Changes of one person in Timely. */

import { nameRules } from '../../config/rules.ts';
import { ConfigurationError, RejectedError, WriteIgnoredError } from '../../domain/errors.ts';
import { nameForTimely } from '../../domain/people/names.ts';
import { adminRole, lowersRole, withRoleName } from '../../domain/people/roles.ts';
import { formatCount, sameText } from '../../domain/text.ts';
import type { TimelyUser } from '../../domain/timely.ts';
import { hasRoleByHand, rememberRole, timelyIdsOf } from '../../store/planning/links.ts';
import { linkOfUser } from '../../store/planning/manual-links.ts';
import type { PersonChangeRow } from '../../store/planning/plans.ts';
import { addressOf, countPresent, rememberUsers } from '../../store/replica/timely-snapshot.ts';
import type { Services, Tenant } from '../services.ts';
import type { ApplyContext, ApplyResult } from './apply-context.ts';
import { idempotentWrite } from './idempotent-write.ts';
import { removePerson, spareOwners } from './remove-person.ts';

type PersonContext = ApplyContext<PersonChangeRow>;

const wantedRole = (row: PersonChangeRow) => row.after?.role ?? '';

export async function applyToPerson(context: PersonContext): Promise<ApplyResult> {
  switch (context.row.kind) {
    case 'invite':
    case 'reinstate':
      return await invite(context);
    case 'link':
      return await link(context);
    case 'changeRole':
      return await changeRole(context);
    case 'remove':
      return await removePerson(context);
  }
}

/**
 * Invites or reinstates the person. Timely mails each invitation (docs/reference/timely-api.md section 2.4), so it is sent
 * once. It first asks Timely for a person who is gone from the lists, or not in them, because the lists may be behind. It
 * does the same after an earlier attempt of this activity.
 */
async function invite(context: PersonContext): Promise<ApplyResult> {
  const { services, tenant, row } = context;
  const { database } = services;
  const { personId, timelyId, name } = row.subject;
  const removedId = row.kind === 'reinstate' ? timelyId : null;
  const known = timelyId === null ? null : await userOf(context, timelyId, { removedId });
  if (known && !known.removed) return await present(context, known);
  // Timely knows people by their address: a different one would make a second account
  // (docs/reference/timely-api.md section 2.4).
  const email = (timelyId && (await addressOf(database, row.tenant, timelyId))) || row.subject.email;
  const wanted = { email, externalId: personId, removedId };
  const isListed = (await context.account())?.complete && !context.repeated;
  const isProven = isListed || (await context.attempt()) !== null;
  const unlisted = isProven ? null : await tenant.timely.searchPresent(wanted);
  if (unlisted) return notListed(row, unlisted);
  const roleId = await roleIdOf(context, wantedRole(row));
  const accepted = nameForTimely(name, row.subject.email, nameRules(tenant.file));
  const invitation = { email, name: accepted.name, roleId, externalId: personId };
  try {
    const user = await idempotentWrite(context, {
      find: ({ since }) => tenant.timely.findPresent({ ...wanted, since }),
      uncertainty: () => whyListIsBehind(services, tenant),
      write: (note) => tenant.timely.invite(invitation, note),
    });
    return await present(context, await withRoleGiven(context, user, roleId));
  } catch (error) {
    // One document says that Timely refuses an address that it has (docs/reference/timely-api.md section 10): then the
    // list was behind.
    const isTaken =
      error instanceof RejectedError && !(error instanceof WriteIgnoredError) && 'email' in error.fields;
    const taken = isTaken ? await tenant.timely.searchPresent(wanted) : null;
    if (taken) return notListed(row, taken);
    throw error;
  }
}

/**
 * Gives the role at once when Timely ignored that of the invitation (docs/reference/timely-api.md section 4): the person
 * may see more than they should until then.
 */
async function withRoleGiven(
  { tenant }: PersonContext,
  user: TimelyUser,
  roleId: number,
): Promise<TimelyUser> {
  if (user.roleId === null || user.roleId === roleId) return user;
  try {
    return await tenant.timely.changeRole(user, roleId);
  } catch (error) {
    // The invitation stands; the next cycle plans the role and reports why it does not change.
    if (error instanceof RejectedError) return user;
    throw error;
  }
}

/** Timely has a user whom its lists did not show: the next plan counts them as present. */
export function notListed(row: PersonChangeRow, user: TimelyUser): ApplyResult {
  return {
    outcome: 'dropped',
    reason: `Timely did not list ${row.subject.email}, but has them.`,
    remember: (store) => rememberUsers(store, row.tenant, [user], row.cycle),
  };
}

/** Why Timely's list of users is not trusted: the account counts more users than the list has. Null when it is. */
async function whyListIsBehind({ database }: Services, tenant: Tenant): Promise<string | null> {
  const { userCount } = await tenant.timely.account();
  const known = await countPresent(database, tenant.name);
  if (userCount === null || userCount <= known) return null;
  return `Timely's account says ${formatCount(userCount, 'user', 'users')} and its list had ${known}.`;
}

async function link(context: PersonContext): Promise<ApplyResult> {
  const { timelyId, email } = context.row.subject;
  const user = timelyId === null ? null : await userOf(context, timelyId);
  if (!user || user.removed) return { outcome: 'dropped', reason: `${email} is no longer in Timely.` };
  const wasAdmin = sameText(context.row.before?.role ?? '', adminRole);
  if (sameText(user.role, adminRole) && !wasAdmin) return roleGivenSince(context.row, user);
  return await present(context, await withObjectId(context, user));
}

/**
 * Gives the user the object id of the person, where they have that of the person who was linked before. Timely may ignore it
 * (docs/reference/timely-api.md section 2.5): the link is in the store.
 */
async function withObjectId({ services, tenant, row }: PersonContext, user: TimelyUser): Promise<TimelyUser> {
  const { personId } = row.subject;
  const before = await linkOfUser(services.database, row.tenant, user.id);
  const isTheirs = before !== null && sameText(user.externalId ?? '', before.personId);
  if (!isTheirs || before.personId === personId) return user;
  try {
    return await tenant.timely.changeExternalId(user, personId);
  } catch (error) {
    if (error instanceof RejectedError) return user;
    throw error;
  }
}

/** The role was given by hand after the plan had read it, and the gate has not judged it: the next plan does. */
function roleGivenSince(row: PersonChangeRow, user: TimelyUser): ApplyResult {
  return {
    outcome: 'dropped',
    reason: `${row.subject.email} has become ${user.role} in Timely since it was read.`,
    remember: (store) => rememberUsers(store, row.tenant, [user], row.cycle),
  };
}

/** Links the person to the Timely user that a response shows. */
async function present(context: PersonContext, shown: TimelyUser): Promise<ApplyResult> {
  const { row } = context;
  const { personId, email } = row.subject;
  const user = await withRoleNameOf(context, shown);
  return {
    outcome: 'done',
    before: row.before,
    after: { role: user.role, timelyId: user.id },
    linked: {
      link: {
        personId,
        timelyId: user.id,
        email,
        role: user.role,
        roleByHand: row.kind === 'link' && row.after?.byHand === true,
        ...(row.approval !== null && { confirmed: true }),
      },
      user,
    },
  };
}

/** A user by id as they are now, with the name of their role; null when Timely does not have them. */
async function userOf(
  context: PersonContext,
  timelyId: number,
  known?: { removedId: number | null },
): Promise<TimelyUser | null> {
  const user = await context.tenant.timely.user(timelyId, known);
  return user && (await withRoleNameOf(context, user));
}

async function withRoleNameOf({ account }: PersonContext, user: TimelyUser): Promise<TimelyUser> {
  return withRoleName(user, (await account())?.roles ?? []);
}

async function changeRole(context: PersonContext): Promise<ApplyResult> {
  const { services, tenant, row } = context;
  const { personId, email, timelyId: planned } = row.subject;
  // A person whom an undo has just reinstated may have another Timely id.
  const present = await timelyIdsOf(services.database, row.tenant, [personId], 'present');
  const timelyId = present.get(personId) ?? planned;
  const user = timelyId === null ? null : await userOf(context, timelyId);
  if (!user || user.removed) return { outcome: 'dropped', reason: `${email} is no longer in Timely.` };
  const isAsPlanned = sameText(user.role, row.before?.role ?? '');
  if (!isAsPlanned && lowersRole(user.role, wantedRole(row))) return roleGivenSince(row, user);
  if (sameText(user.role, adminRole) && !sameText(wantedRole(row), adminRole)) {
    const spared = await spareOwners(services, tenant, row, user.id);
    if (spared) return spared;
  }
  const roleId = await roleIdOf(context, wantedRole(row));
  const response = user.roleId === roleId ? user : await tenant.timely.changeRole(user, roleId);
  const changed = await withRoleNameOf(context, response);
  const wasByHand = await hasRoleByHand(services.database, row.tenant, personId);
  return {
    outcome: 'done',
    before: { role: user.role, ...(wasByHand && { byHand: true }) },
    after: { role: changed.role },
    async remember(store) {
      await rememberRole(store, row.tenant, personId, changed.role, row.after?.byHand ?? false);
      await rememberUsers(store, row.tenant, [changed], row.cycle);
    },
  };
}

async function roleIdOf({ account }: PersonContext, role: string): Promise<number> {
  const roles = (await account())?.roles ?? [];
  const found = roles.find(({ name }) => sameText(name, role));
  if (found) return found.id;
  throw new ConfigurationError(`Timely has no role named "${role}".`, {
    remedy: `Use one of these in the tenant file: ${roles.map(({ name }) => name).join(', ')}.`,
  });
}
