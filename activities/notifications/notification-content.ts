/** What a message says of requests and outages, as `privacy.labels` of the tenant file allows. */
import type { News, RequestNews } from '../../domain/notifications/notification.ts';
import type { OutageMatter } from '../../domain/notifications/outage.ts';
import {
  approvalLines,
  approvalRow,
  approvalsSoFar,
  countChangesOf,
} from '../../store/approvals/approvals.ts';
import { lastOutage } from '../../store/notifications/outages.ts';
import { namelessDetails, questions } from '../approvals/approval-details.ts';
import { fileOfRequest } from '../approvals/approval-terms.ts';
import type { Services } from '../services.ts';
import type { RequestMatter } from './due-notifications.ts';

/** A message shows so many requests, and of each so many of those whom it concerns. */
const requestsMax = 10;
const subjectsMax = 5;

/** Requests of one kind as one message; null when none of them is there any more. */
export async function requestsNews(
  services: Services,
  tenant: string,
  matters: RequestMatter[],
): Promise<News | null> {
  const [first] = matters;
  if (!first) return null;
  const shown = await Promise.all(
    matters.slice(0, requestsMax).map(({ number }) => requestNews(services, tenant, number)),
  );
  const requests = shown.flatMap((request) => request ?? []);
  return { about: 'requests', kind: first.kind, requests, others: matters.length - shown.length };
}

async function requestNews(services: Services, tenant: string, number: number): Promise<RequestNews | null> {
  const { database } = services;
  const row = await approvalRow(database, tenant, number);
  if (!row) return null;
  const { approvals, privacy } = await fileOfRequest(services, row);
  const [{ items }, changes, soFar] = await Promise.all([
    approvalLines(database, tenant, number, 0, subjectsMax),
    countChangesOf(database, tenant, number),
    approvalsSoFar(database, tenant, number),
  ]);
  const named = privacy.labels === 'names';
  const label = (line: (typeof items)[number]) =>
    line.name === line.subject ? line.name : `${line.name} (${line.subject})`;
  return {
    id: `${tenant}/${number}`,
    rule: row.rule,
    asks: questions[row.rule],
    changes,
    who: items.map((line) => `${line.change} ${named ? label(line) : `#${line.position + 1}`}`),
    detail: named || namelessDetails.includes(row.rule) ? (items[0]?.hold?.detail ?? '') : '',
    expires: row.expiresAt.toISOString(),
    approvers: approvals.approvers,
    approvedBy: soFar.map(({ by, changes: count }, index) => ({
      by: named ? by : `person ${index + 1}`,
      changes: count,
    })),
  };
}

/** The tenant's last outage, as far as it is still the one that the matter is about. */
export async function outageNews(
  { database }: Services,
  tenant: string,
  matter: OutageMatter,
): Promise<News | null> {
  const outage = await lastOutage(database, tenant);
  if (outage === null) return null;
  const { trouble, endedAt } = outage;
  const since = outage.beganAt.toISOString();
  if (matter.kind === 'trouble')
    return { about: 'trouble', kind: 'trouble', trouble, since, silent: matter.silent };
  return endedAt && { about: 'well', kind: 'trouble', since, until: endedAt.toISOString() };
}
