/** What is looked at again right before invitations: the seats, and who is there (docs/reference/rules.md sections 4.2 and 7). */

import { SyncError } from '../../domain/errors.ts';
import { inQueueOrder, noSeatDetail } from '../../domain/gate/no-seat.ts';
import { matchKey } from '../../domain/people/address.ts';
import { phaseOf } from '../../domain/plan/phases.ts';
import { seatsFor } from '../../domain/plan/seats.ts';
import type { TimelyUser } from '../../domain/timely.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import { holdForSeat } from '../../store/planning/failures.ts';
import { countForSeats, hasRemovals, loadChanges, plannedForSeats } from '../../store/planning/plans.ts';
import { loadPeople } from '../../store/replica/replica.ts';
import { accountRow, countPresent } from '../../store/replica/timely-snapshot.ts';
import { readChangedUsers } from '../read/read-timely.ts';
import type { Services, Tenant } from '../services.ts';
import type { ApplyBatch } from './apply-change.ts';
import { notListed } from './apply-person.ts';
import type { RecordOutcomes } from './record-outcomes.ts';

/**
 * Holds the people at the end of the queue when the removals of the cycle freed fewer seats than the plan counted on: a removal
 * was dropped or failed, or Timely still counts the user. Does nothing in a plan without removals.
 */
export async function holdBeyondSeats(services: Services, batch: ApplyBatch): Promise<void> {
  const { database } = services;
  const { tenant: name, cycle, phase } = batch;
  if (phase !== phaseOf('invite') || !(await hasRemovals(database, name, cycle))) return;
  const needed = await countForSeats(database, name, cycle);
  const known = await accountRow(database, name);
  if (needed === 0 || !known) return;
  const { timely } = await services.tenant(name, batch.configurationVersion);
  // Without a response the numbers from before the removals count, which give nothing away.
  const account = await timely.account().catch((error: unknown) => {
    if (error instanceof SyncError) return known.account;
    throw error;
  });
  const seats = seatsFor(account, await countPresent(database, name));
  if (!seats || needed <= seats.free) return;
  // Every batch comes here, and nearly always the seats suffice: only now are the rows worth loading.
  const planned = await plannedForSeats(database, name, cycle);
  const ids = planned.map(({ subjectKey }) => subjectKey);
  const people = new Map((await loadPeople(database, name, ids)).map((person) => [person.id, person]));
  const queue = inQueueOrder(planned, ({ subjectKey }) => people.get(subjectKey));
  const waiting = queue.slice(seats.free);
  const figures = { seats, freed: 0, needed };
  for (const [index, row] of waiting.entries())
    await holdForSeat(database, row, noSeatDetail(figures, { place: index + 1, of: waiting.length }));
}

/** How long a cycle relies on its own read. */
const readHoldsMs = 30_000;

/**
 * Drops invitations of people who are in Timely by now. Returns whether there were any. A request for each would double the
 * requests of a first cycle, so the read of the cycle is the look, and a later batch reads once what has changed since.
 */
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
