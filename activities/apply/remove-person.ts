/** Removing a person from Timely, and the facts that are asked for again right before (docs/reference/rules.md section 1.5). */
import { syncRules } from '../../config/rules.ts';
import { isRemovalStillDue } from '../../domain/people/leavers.ts';
import { adminRole } from '../../domain/people/roles.ts';
import { sameText } from '../../domain/text.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import { markRemoved, timelyIdsOf } from '../../store/planning/links.ts';
import type { PersonChangeRow } from '../../store/planning/plans.ts';
import { placesInTeams } from '../../store/planning/team-links.ts';
import { accountRow, rememberRemoved, storeAccount } from '../../store/replica/timely-snapshot.ts';
import { readPersonNow } from '../read/read-person.ts';
import type { Services, Tenant } from '../services.ts';
import type { ApplyContext, ApplyResult } from './apply-context.ts';

export async function removePerson({
  services,
  tenant,
  row,
  repeated,
}: ApplyContext<PersonChangeRow>): Promise<ApplyResult> {
  const { personId, timelyId, email } = row.subject;
  if (timelyId === null) return { outcome: 'dropped', reason: `${email} is not in Timely.` };
  const isGone = repeated && (await tenant.timely.user(timelyId))?.removed !== false;
  const { database } = services;
  const isUndo = (await cycleRow(database, row.tenant, row.cycle))?.kind === 'undo';
  const whyNot = isUndo ? whyNotUndoInvitation : whyNotRemove;
  const reason = isGone ? null : await whyNot(services, tenant, row);
  if (reason) return { outcome: 'dropped', reason };
  const wasAdmin = sameText(row.before?.role ?? '', adminRole);
  const spared = wasAdmin && !isGone ? await spareOwners(services, tenant, row, timelyId) : null;
  if (spared) return spared;
  const teams = await placesInTeams(database, row.tenant, timelyId);
  if (!isGone) await tenant.timely.remove(timelyId);
  return {
    outcome: 'done',
    before: { ...row.before, teams },
    after: null,
    async remember(store) {
      await markRemoved(store, row.tenant, { personId, timelyId, email });
      await rememberRemoved(store, row.tenant, timelyId);
    },
  };
}

/**
 * Drops the change when the user owns the account or is the sync's own. Both may have changed since they were read, so
 * Timely is asked again before an admin is removed or demoted. The stored account makes the next plan refuse.
 */
export async function spareOwners(
  { database }: Services,
  { timely, name }: Tenant,
  row: PersonChangeRow,
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
    reason: `${row.subject.email} owns the Timely account now, or is the user that the sync works as.`,
    remember: (store) => storeAccount(store, name, { ...known, account, ownUserId: ownUser.id }),
  };
}

/**
 * Asks the directory again for the fact behind a removal (docs/reference/rules.md section 1.5). Returns why the person
 * stays; null when the removal stands.
 */
async function whyNotRemove(
  services: Services,
  tenant: Tenant,
  row: PersonChangeRow,
): Promise<string | null> {
  const { personId } = row.subject;
  const current = await readPersonNow(services, tenant, personId);
  if (!current) return 'The directory gave no response about this person.';
  const { verdict } = current;
  if (isRemovalStillDue(row, verdict, syncRules(tenant.file).leavers)) return null;
  return `The directory was asked again and says otherwise: ${verdict.reason}.`;
}

/**
 * The fact behind the undo of an invitation: the person is still linked to that Timely user. Whether the directory wants
 * the person does not matter. Returns why the person stays; null when the removal stands.
 */
async function whyNotUndoInvitation(
  { database }: Services,
  tenant: Tenant,
  row: PersonChangeRow,
): Promise<string | null> {
  const { personId, timelyId, email } = row.subject;
  const linked = await timelyIdsOf(database, tenant.name, [personId], 'present');
  return linked.get(personId) === timelyId ? null : `${email} is linked to another Timely user by now.`;
}
