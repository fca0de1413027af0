/**
 * An invitation looks for the person first. A request for each would double the requests of a first cycle, so the read of the
 * cycle is the look, and a later batch reads once what has changed since (docs/reference/rules.md section 7).
 */
import { matchKey } from '../../domain/people/address.ts';
import { phaseOf } from '../../domain/plan/phases.ts';
import type { TimelyUser } from '../../domain/timely.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import { loadChanges } from '../../store/planning/plans.ts';
import { accountRow } from '../../store/replica/timely-snapshot.ts';
import { readChangedUsers } from '../read/read-timely.ts';
import type { Services, Tenant } from '../services.ts';
import type { ApplyBatch } from './apply-change.ts';
import { notListed } from './apply-person.ts';
import type { RecordOutcomes } from './record-outcomes.ts';

/** How long a cycle relies on its own read. */
const readHoldsMs = 30_000;

/** Drops invitations of people who are in Timely by now. Returns whether there were any. */
export async function foundBeforeInviting(
  services: Services,
  tenant: Tenant,
  batch: ApplyBatch,
  listed: { position: number }[],
  recordOutcomes: RecordOutcomes,
): Promise<boolean> {
  const { database, now } = services;
  const positions = listed.map(({ position }) => position);
  if (batch.phase !== phaseOf('invite') || positions.length === 0) return false;
  const cycle = await cycleRow(database, batch.tenant, batch.cycle);
  const before = await accountRow(database, batch.tenant);
  if (!cycle || !before || now().getTime() - cycle.startedAt.getTime() < readHoldsMs) return false;
  const users = await readChangedUsers(services, tenant, batch, before);
  const present = new Map<string, TimelyUser>();
  for (const user of users.filter(({ removed }) => !removed))
    for (const key of [user.externalId, matchKey(user.email)]) if (key) present.set(key, user);
  if (present.size === 0) return false;
  const rows = await loadChanges(database, batch.tenant, batch.cycle, positions);
  const there = rows.flatMap((row) => {
    if (row.kind !== 'invite') return [];
    const user = present.get(row.subject.personId) ?? present.get(matchKey(row.subject.email));
    return user ? [{ row, result: notListed(row, user) }] : [];
  });
  await recordOutcomes(batch, there);
  return there.length > 0;
}
