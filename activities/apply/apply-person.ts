/** Changes of one person in Timely. */
import { syncRules } from '../../config/rules.ts';
import { ConfigurationError, RejectedError, WriteIgnoredError } from '../../domain/errors.ts';
import { isRemovalStillDue } from '../../domain/people/leavers.ts';
import { nameForTimely } from '../../domain/people/names.ts';
import { adminRole, withRoleName } from '../../domain/people/roles.ts';
import type { PersonChange, PersonState } from '../../domain/plan/change.ts';
import { sameText } from '../../domain/text.ts';
import type { TimelyUser } from '../../domain/timely.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import { markRemoved, rememberRole, timelyIdsOf } from '../../store/planning/links.ts';
import type { ChangeRow } from '../../store/planning/plans.ts';
import {
  accountRow,
  addressOf,
  countPresent,
  rememberRemoved,
  rememberUsers,
  storeAccount,
} from '../../store/replica/timely-snapshot.ts';
import { readPersonNow } from '../read/read-person.ts';
import type { Services, Tenant } from '../services.ts';
import type { ApplyContext, ApplyResult } from './apply-context.ts';
import { idempotentWrite } from './idempotent-write.ts';
import { placesInTeams } from './states-for-journal.ts';

const subjectOf = (row: ChangeRow) => row.subject as PersonChange['subject'];
const wantedRole = (row: ChangeRow) => (row.after as PersonState | null)?.role ?? '';

export async function applyToPerson(
  application: ApplyContext,
  kind: PersonChange['kind'],
): Promise<ApplyResult> {
  switch (kind) {
    case 'invite':
    case 'reinstate':
      return await invite(application);
    case 'link':
      return await link(application);
    case 'changeRole':
      return await changeRole(application);
    case 'remove':
      return await remove(application);
  }
}

/**
 * Invites, or takes back. Each time it is sent a mail goes out (docs/reference/timely-api.md section 2.4), so it is
 * sent once; and somebody whom a list that is behind showed as gone, or did not show at all, is asked for before.
 */
async function invite(application: ApplyContext): Promise<ApplyResult> {
  const { services, tenant, row } = application;
  const { database } = services;
  const { personId, timelyId, name } = subjectOf(row);
  const removedId = row.kind === 'reinstate' ? timelyId : null;
  const known = timelyId === null ? null : await userOf(application, timelyId, { removedId });
  if (known && !known.removed) return await present(application, known);
  // Timely knows people by their address: another one than theirs would make a second account
  // (docs/reference/timely-api.md section 2.4).
  const email = (timelyId && (await addressOf(database, row.tenant, timelyId))) || subjectOf(row).email;
  const wanted = { email, externalId: personId, removedId };
  const isProven = (await application.account())?.complete || (await application.attempt()) !== null;
  const unlisted = isProven ? null : await tenant.timely.searchPresent(wanted);
  if (unlisted) return notListed(row, unlisted);
  const roleId = await roleIdOf(application, wantedRole(row));
  const accepted = nameForTimely(name, subjectOf(row).email, tenant.file.names);
  const invitation = { email, name: accepted.name, roleId, externalId: personId };
  try {
    const user = await idempotentWrite(application, {
      find: ({ since }) => tenant.timely.findPresent({ ...wanted, since }),
      uncertainty: () => whyNotTrusted(services, tenant),
      write: (note) => tenant.timely.invite(invitation, note),
    });
    return await present(application, await withRoleGiven(application, user, roleId));
  } catch (error) {
    // By one document an address that Timely has is refused (docs/reference/timely-api.md section 10): then the list
    // was behind.
    const isTaken =
      error instanceof RejectedError && !(error instanceof WriteIgnoredError) && 'email' in error.fields;
    const taken = isTaken ? await tenant.timely.searchPresent(wanted) : null;
    if (taken) return notListed(row, taken);
    throw error;
  }
}

/**
 * An invitation whose role Timely ignored leaves somebody with a role that may see more
 * (docs/reference/timely-api.md section 4): it is given at once.
 */
async function withRoleGiven(
  { tenant }: ApplyContext,
  user: TimelyUser,
  roleId: number,
): Promise<TimelyUser> {
  if (user.roleId === null || user.roleId === roleId) return user;
  try {
    return await tenant.timely.changeRole(user, roleId);
  } catch (error) {
    // They are invited all the same; the next cycle plans the role and tells why it does not change.
    if (error instanceof RejectedError) return user;
    throw error;
  }
}

/** Somebody is in Timely whom its lists did not show: they are planned for afresh, as whoever else is there. */
function notListed(row: ChangeRow, user: TimelyUser): ApplyResult {
  return {
    outcome: 'dropped',
    reason: `Timely did not list ${subjectOf(row).email}, and has them all the same.`,
    remember: (store) => rememberUsers(store, row.tenant, [user], row.cycle),
  };
}

/** Timely counts people whom its list did not show: the person may be one of them. */
async function whyNotTrusted({ database }: Services, tenant: Tenant): Promise<string | null> {
  const { userCount } = await tenant.timely.account();
  const known = await countPresent(database, tenant.name);
  if (userCount === null || userCount <= known) return null;
  return `Timely's account says ${userCount} users and its list had ${known}.`;
}

async function link(application: ApplyContext): Promise<ApplyResult> {
  const { timelyId, email } = subjectOf(application.row);
  const user = timelyId === null ? null : await userOf(application, timelyId);
  if (!user || user.removed) return { outcome: 'dropped', reason: `${email} is no longer in Timely.` };
  return await present(application, user);
}

/** The person is in Timely as `answered` now: linked from here on. */
async function present(application: ApplyContext, answered: TimelyUser): Promise<ApplyResult> {
  const { row } = application;
  const { personId, email } = subjectOf(row);
  const user = await withRoleNameOf(application, answered);
  return {
    outcome: 'done',
    before: row.before,
    after: { role: user.role, timelyId: user.id },
    linked: { link: { personId, timelyId: user.id, email, role: user.role }, user },
  };
}

/** A user by id as they are now, with the name of their role; null when Timely does not have them. */
async function userOf(
  application: ApplyContext,
  timelyId: number,
  known?: { removedId: number | null },
): Promise<TimelyUser | null> {
  const user = await application.tenant.timely.user(timelyId, known);
  return user && (await withRoleNameOf(application, user));
}

async function withRoleNameOf({ account }: ApplyContext, user: TimelyUser): Promise<TimelyUser> {
  return withRoleName(user, (await account())?.roles ?? []);
}

async function changeRole(application: ApplyContext): Promise<ApplyResult> {
  const { services, tenant, row } = application;
  const { personId, email, timelyId: planned } = subjectOf(row);
  // Whoever an undo has just taken back may have got another number.
  const present = await timelyIdsOf(services.database, row.tenant, [personId], 'present');
  const timelyId = present.get(personId) ?? planned;
  const user = timelyId === null ? null : await userOf(application, timelyId);
  if (!user || user.removed) return { outcome: 'dropped', reason: `${email} is no longer in Timely.` };
  if (sameText(user.role, adminRole) && !sameText(wantedRole(row), adminRole)) {
    const spared = await spareOwners(services, tenant, row, user.id);
    if (spared) return spared;
  }
  const roleId = await roleIdOf(application, wantedRole(row));
  const answered = user.roleId === roleId ? user : await tenant.timely.changeRole(user, roleId);
  const changed = await withRoleNameOf(application, answered);
  return {
    outcome: 'done',
    before: { role: user.role },
    after: { role: changed.role },
    async remember(store) {
      await rememberRole(store, row.tenant, personId, changed.role);
      await rememberUsers(store, row.tenant, [changed], row.cycle);
    },
  };
}

async function remove({ services, tenant, row, repeated }: ApplyContext): Promise<ApplyResult> {
  const { personId, timelyId, email } = subjectOf(row);
  if (timelyId === null) return { outcome: 'dropped', reason: `${email} is not in Timely.` };
  const isGone = repeated && (await tenant.timely.user(timelyId))?.removed !== false;
  const { database } = services;
  const isUndo = (await cycleRow(database, row.tenant, row.cycle))?.kind === 'undo';
  const whyNot = isUndo ? whyNotTakeBack : whyNotRemove;
  const doubt = isGone ? null : await whyNot(services, tenant, row);
  if (doubt) return { outcome: 'dropped', reason: doubt };
  const wasAdmin = sameText((row.before as PersonState | null)?.role ?? '', adminRole);
  const spared = wasAdmin && !isGone ? await spareOwners(services, tenant, row, timelyId) : null;
  if (spared) return spared;
  const teams = await placesInTeams(database, row.tenant, timelyId);
  if (!isGone) await tenant.timely.remove(timelyId);
  return {
    outcome: 'done',
    before: { ...(row.before as PersonState | null), teams },
    after: null,
    async remember(store) {
      await markRemoved(store, row.tenant, { personId, timelyId, email });
      await rememberRemoved(store, row.tenant, timelyId);
    },
  };
}

/**
 * The account may have got another owner, and the sync another user, since they were read: an admin is removed or
 * demoted only after asking who they are now. What is learnt makes the next plan refuse.
 */
async function spareOwners(
  { database }: Services,
  { timely, name }: Tenant,
  row: ChangeRow,
  timelyId: number,
): Promise<ApplyResult | null> {
  const [account, ownUser, known] = await Promise.all([
    timely.account(),
    timely.currentUser(),
    accountRow(database, name),
  ]);
  if (!known || (timelyId !== account.ownerId && timelyId !== ownUser.id)) return null;
  return {
    outcome: 'dropped',
    reason: `${subjectOf(row).email} owns the Timely account now, or is the user with whose access the sync works.`,
    remember: (store) => storeAccount(store, name, { ...known, account, ownUserId: ownUser.id }),
  };
}

/**
 * Asks the directory once more for the fact behind a removal (docs/reference/rules.md section 1.5). Answers why the
 * person is to stay after all; null when the removal stands.
 */
async function whyNotRemove(services: Services, tenant: Tenant, row: ChangeRow): Promise<string | null> {
  const { personId } = subjectOf(row);
  const asked = await readPersonNow(services, tenant, personId);
  if (!asked) return 'The directory gave no answer about this person.';
  const { verdict } = asked;
  if (isRemovalStillDue(row, verdict, syncRules(tenant.file).leavers)) return null;
  return `The directory was asked again and says otherwise: ${verdict.reason}.`;
}

/**
 * The fact behind a removal that takes an invitation back is no absence from the directory, which may well want the
 * person, but that the Timely user is still the one who stands for them.
 */
async function whyNotTakeBack(
  { database }: Services,
  tenant: Tenant,
  row: ChangeRow,
): Promise<string | null> {
  const { personId, timelyId, email } = subjectOf(row);
  const linked = await timelyIdsOf(database, tenant.name, [personId], 'present');
  return linked.get(personId) === timelyId ? null : `Another Timely user stands for ${email} by now.`;
}

async function roleIdOf({ account }: ApplyContext, role: string): Promise<number> {
  const roles = (await account())?.roles ?? [];
  const found = roles.find(({ name }) => sameText(name, role));
  if (found) return found.id;
  throw new ConfigurationError(`Timely has no role named "${role}".`, {
    remedy: `Use one of these in the tenant file: ${roles.map(({ name }) => name).join(', ')}.`,
  });
}
