/** Queries of the console about one request: a page of it, and what an answer would do. */
import { notAllowedMessage } from '../../domain/approvals/decision.ts';
import type { RequestQuery } from '../../domain/contract/query.ts';
import type { DecisionPreview, RequestPage } from '../../domain/contract/request-page.ts';
import { approvalRow, summaryOf } from '../../store/approvals/approvals.ts';
import { decisionsOf, previewDecision, WrongUseError } from '../../store/approvals/decisions.ts';
import { mayDecideAs } from '../../store/approvals/listed-people.ts';
import { changeGroups, requestLines } from '../../store/approvals/request-page.ts';
import { newestTenantFile, type Services } from '../services.ts';

/** About 50 KB, and a third more encrypted: far below the limit of a payload. */
const linesMax = 100;

export async function runRequestQuery(
  services: Services,
  query: RequestQuery,
): Promise<RequestPage | DecisionPreview | null> {
  return query.about === 'requestPage'
    ? await requestPage(services, query)
    : await decisionPreview(services, query);
}

async function requestPage(
  services: Services,
  { tenant, approval: number, search, from, ...viewer }: Extract<RequestQuery, { about: 'requestPage' }>,
): Promise<RequestPage | null> {
  const { database } = services;
  const row = await approvalRow(database, tenant, number);
  if (!row) return null;
  const key = { tenant, number };
  const [file, summary, { groups, undecided }, { found, lines }, decisions] = await Promise.all([
    newestTenantFile(services, tenant),
    summaryOf(database, row),
    changeGroups(database, key),
    requestLines(database, key, { search, from, limit: linesMax }, viewer),
    decisionsOf(database, tenant, number),
  ]);
  const { approvers } = file.approvals;
  const matching = found ?? summary.changes;
  return { ...summary, approvers, undecided, groups, matching, from, lines, decisions };
}

/** @throws WrongUseError as the decision itself would */
async function decisionPreview(
  { database, now, ...services }: Services,
  { tenant, approval: number, ...answer }: Extract<RequestQuery, { about: 'decisionPreview' }>,
): Promise<DecisionPreview> {
  const { approvals } = await newestTenantFile({ database, ...services }, tenant);
  if (!(await mayDecideAs(database, tenant, { by: answer.by, who: approvals.who ?? null }, now())))
    throw new WrongUseError(notAllowedMessage(answer.by));
  return await previewDecision(database, {
    ...answer,
    ...{ tenant, number, approversNeeded: approvals.approvers, now: now() },
  });
}
