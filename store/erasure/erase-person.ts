/**
 * Erases what the store keeps about one person. Rows about them go; rows about others lose the mention. The journal's chain
 * stays valid: the digest of an entry stays, and without its salt nothing can be guessed from it.
 */
import { and, eq, sql } from 'drizzle-orm';
import type { Erasure, ErasureReport } from '../../domain/contract/erasure.ts';
import { Mentions } from '../../domain/journal/mentions.ts';
import { WrongUseError } from '../approvals/decisions.ts';
import type { Store } from '../database.ts';
import { journalEvent } from '../journal/journal.ts';
import { sweepTenantCopies } from '../preview/tenant-copy.ts';
import { journalEntries } from '../schema/journal-tables.ts';
import { personLinks } from '../schema/link-tables.ts';
import { cycles, verdicts } from '../schema/planning-tables.ts';
import { newestConfiguration } from '../tenants.ts';
import { eraseFromFile } from './erase-file.ts';
import { eraseFromJournal } from './erase-journal.ts';
import { approvalsAbout, eraseMentions, eraseRows } from './erase-rows.ts';
import { type ErasedPerson, identify } from './erased-person.ts';

/** Erases, and journals it without naming the person. A second run with the same id does nothing. */
export async function erasePerson(store: Store, erasure: Erasure, now: Date): Promise<ErasureReport> {
  const { tenant, id, by } = erasure;
  await store.execute(sql`select from tenants where tenant = ${tenant} for update`);
  const before = await erasureOf(store, tenant, id);
  if (before) return before;
  const person = await identify(store, tenant, erasure.person);
  await requireErasable(store, tenant, person);
  const mentions = new Mentions(person);
  const approvals = await approvalsAbout(store, tenant, person);
  const { entries, opened } = await eraseFromJournal(store, tenant, { person, mentions, approvals });
  await eraseRows(store, tenant, person);
  await sweepTenantCopies(store, now);
  await eraseMentions(store, tenant, { person, mentions, approvals, id });
  const report = { tenant, entries, stays: person.inDirectory };
  const reason = 'one person was erased on request';
  // The person may have asked for it: their name would come back with this entry.
  const after = { by: mentions.json(by, 'by'), ...report, opened };
  await journalEvent(store, tenant, { kind: 'erased', id, at: now, reason, after });
  return report;
}

async function erasureOf(store: Store, tenant: string, id: string): Promise<ErasureReport | null> {
  const { kind, subjectKey } = journalEntries;
  const [row] = await store
    .select({ after: journalEntries.after })
    .from(journalEntries)
    .where(and(eq(journalEntries.tenant, tenant), eq(kind, 'erased'), eq(subjectKey, id)));
  if (!row) return null;
  const { entries, stays } = row.after as ErasureReport;
  return { tenant, entries, stays };
}

/** @throws WrongUseError when the next cycle would bring the data back, or needs it */
async function requireErasable(store: Store, tenant: string, person: ErasedPerson): Promise<void> {
  const { id } = person;
  const [verdict] = await store
    .select({ inScope: verdicts.inScope, reason: verdicts.reason })
    .from(verdicts)
    .where(and(eq(verdicts.tenant, tenant), eq(verdicts.personId, id)));
  if (verdict?.inScope && person.inDirectory) {
    throw new WrongUseError(
      `This person is in scope of ${tenant} (${verdict.reason}): the next cycle would bring the data back. Take the person out of the directory or the scope first.`,
    );
  }
  const isPresent = and(
    eq(personLinks.tenant, tenant),
    eq(personLinks.personId, id),
    eq(personLinks.state, 'present'),
  );
  if ((await store.$count(personLinks, isPresent)) > 0) {
    throw new WrongUseError(
      `${tenant} still links this person to a user in Timely: let a cycle remove the user first.`,
    );
  }
  const runs = and(eq(cycles.tenant, tenant), sql`${cycles.finishedAt} is null`);
  if ((await store.$count(cycles, runs)) > 0) {
    throw new WrongUseError(`A cycle of ${tenant} is running: erase when it has ended.`);
  }
  const newest = await newestConfiguration(store, tenant);
  if (newest !== null && eraseFromFile(newest.file, person, '') !== newest.file) {
    throw new WrongUseError(
      `The tenant file of ${tenant} names this person: take the line out and start the tenant first.`,
    );
  }
}
