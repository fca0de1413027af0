/** The workflows of open requests. A person, an operator or a lost Temporal may end one: then it is started again. */
import { subjectTags, subjectTagsMax } from '../../domain/plan/subject-tags.ts';
import {
  announcedOpen,
  approvalLines,
  approvalRow,
  markAnnounced,
  subjectsOfApproval,
  summaryOf,
} from '../../store/approvals/approvals.ts';
import { sha256 } from '../../store/journal/journal.ts';
import { type AskedApproval, newestTenantFile, type Services } from '../services.ts';
import { approvalDetails } from './approval-details.ts';

/** How many workflows start before the store records it. */
const startedTogether = 100;

/** Starts the workflows of open requests, or has those that run read the store again. */
export async function startApprovals(services: Services, tenant: string, numbers: number[]): Promise<void> {
  for (let from = 0; from < numbers.length; from += startedTogether) {
    const some = numbers.slice(from, from + startedTogether);
    await services.workflows.startApprovals(tenant, await askedRequests(services, tenant, some));
    await markAnnounced(services.database, tenant, some);
  }
}

/** Starts those that do not run any more. A tenant without open requests costs one query to the store. */
export async function restartApprovals(services: Services, tenant: string): Promise<void> {
  const open = await announcedOpen(services.database, tenant);
  if (open.length === 0) return;
  await startApprovals(services, tenant, await services.workflows.approvalsNotRunning(tenant, open));
}

async function askedRequests(
  services: Services,
  tenant: string,
  numbers: readonly number[],
): Promise<AskedApproval[]> {
  const { database } = services;
  const { labels } = (await newestTenantFile(services, tenant)).privacy;
  const asked: AskedApproval[] = [];
  for (const number of numbers) {
    const row = await approvalRow(database, tenant, number);
    if (!row) continue;
    const { items } = await approvalLines(database, tenant, number, 0, 1);
    const { title } = approvalDetails(await summaryOf(database, row), items, labels);
    const subjects = await subjectsOfApproval(database, tenant, number, subjectTagsMax + 1);
    asked.push({ number, rule: row.rule, title, tags: subjectTags(sha256, subjects) });
  }
  return asked;
}
