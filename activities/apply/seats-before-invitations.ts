/** Counts the seats again between the removals of a cycle and its invitations (docs/reference/rules.md section 4.2). */
import { SyncError } from '../../domain/errors.ts';
import { inQueueOrder, noSeatDetail } from '../../domain/gate/no-seat.ts';
import { phaseOf } from '../../domain/plan/phases.ts';
import { seatsFor } from '../../domain/plan/seats.ts';
import { holdForSeat } from '../../store/planning/failures.ts';
import { countForSeats, hasRemovals, plannedForSeats } from '../../store/planning/plans.ts';
import { loadPeople } from '../../store/replica/replica.ts';
import { accountRow, countPresent } from '../../store/replica/timely-snapshot.ts';
import type { Services } from '../services.ts';
import type { ApplyBatch } from './apply-change.ts';

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
  // Without an answer the numbers from before the removals count, which give nothing away.
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
