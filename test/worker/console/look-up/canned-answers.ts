/** What a worker answers the pages that look something up, about a tenant with something of everything. */
import type { Query } from '../../../../domain/contract/query.ts';
import type { ReportLine } from '../../../../domain/contract/report.ts';
import { cycleReport, reportLine } from '../../../client/reports.ts';
import { mark } from '../../../support/texts/filled.ts';

const at = '2026-11-23T12:06:00.000Z';
const hold = { rule: 'sensitive' as const, detail: mark };
const failure = { class: mark, message: mark, remedy: mark, tries: 2, nextTryAt: at };
const effect = { before: mark, after: mark, says: mark, joins: [mark], leaves: [mark] };
const who = { subject: mark, name: `the name ${mark}`, why: mark };
const cycleError = { health: 'source-down' as const, message: mark, remedy: mark };
const evidence = {
  ...{ kind: 'full' as const, complete: false, reasons: [mark] },
  ...{ users: { pages: 2, objects: 1_040 }, groups: { pages: 1, objects: 37 } },
};
const finding = { kind: 'no-email' as const, subject: mark, message: mark };
const ended = { id: 'contoso/2', state: 'rejected' as const, until: at };
const request = { rule: hold.rule, changes: 40_000, subjects: [mark, mark, mark, mark] };

const lines: Record<string, ReportLine[]> = {
  done: [reportLine(who), reportLine({ ...who, name: '', change: 'createTeam' })],
  held: [
    reportLine({ ...who, status: 'held', hold, effect, request: 'contoso/3' }),
    reportLine({ ...who, status: 'held', hold, request: null, ended }),
    reportLine({ ...who, status: 'held', hold, request: null, ended: null }),
  ],
  failed: [reportLine({ ...who, status: 'failed', failure })],
  refused: [reportLine({ ...who, status: 'refused', refusal: { rule: 'owner', detail: mark } })],
};

const cycle = cycleReport({
  ...{ number: 7, kind: 'full', evidence, cycleError },
  counts: { ...cycleReport().counts, invited: 2, held: 3, failed: 1 },
});

const base = {
  ...{ tenant: 'contoso', tag: mark, asOf: { cycle: 7, at }, findings: [finding], next: mark },
  changes: [{ cycle: 1, at, change: 'invite' as const, reason: mark, approval: 'contoso/1' }],
  waiting: (lines.held ?? []).map((line) => ({ ...line, request: line.request ?? null, nextTryAt: null })),
};
const person = {
  ...{ ...base, kind: 'person', teams: [mark] },
  person: { id: mark, name: mark, email: mark, userPrincipalName: mark, enabled: true, guest: false },
  verdict: { inScope: true, code: 'included', reason: mark },
  link: { timelyId: 1, state: 'present', email: mark, role: mark, outOfScopeSince: at },
  timely: { id: 1, email: mark, name: mark, role: mark, removed: false, pending: true },
};
const team = {
  ...{
    ...base,
    kind: 'team',
    source: mark,
    name: mark,
    timelyId: 1,
    rule: mark,
    origin: null,
    memberCount: 300,
  },
  members: [{ email: mark, lead: true, managed: false }],
};
const candidate = { kind: 'person', id: mark, name: mark, email: mark };
const whyAnswers = new Map<string, unknown>([
  ['person', person],
  ['team', team],
  ['several', { kind: 'ambiguous', candidates: Array.from({ length: 20 }, () => candidate), next: 20 }],
]);

const entry = {
  ...{ sequence: 41, at, cycle: 7, kind: 'remove', subject: mark, name: `the name ${mark}`, reason: mark },
  ...{ before: { role: mark }, after: null, approval: 'contoso/3', approvedBy: [mark], hash: mark },
};
const entries = [
  entry,
  { ...entry, kind: 'decided', after: { decision: 'approve' }, by: mark, channel: 'command' },
  {
    ...entry,
    kind: 'configured',
    approval: null,
    by: mark,
    differences: [{ path: mark, before: mark, after: mark }],
  },
  { ...entry, subject: null, name: null },
];

const page = <Item>(items: Item[], next: number | null = 60) => ({ items, next });

/** The answer to a query; a search for a person is for `person`, `team`, `several` or nobody. */
export function cannedAnswer(query: Query): unknown {
  switch (query.about) {
    case 'tenants':
      return page([
        {
          tenant: 'contoso',
          lastCycle: cycle,
          held: 3,
          failed: 1,
          openApprovals: 1,
          findings: { 'no-email': 1 },
        },
      ]);
    case 'cycles':
      return Array.from({ length: query.limit }, (_, index) => ({ ...cycle, number: 100 - index }));
    case 'cycle':
      return query.cycle === 7 ? cycle : null;
    case 'lines':
      return page(lines[query.status] ?? []);
    case 'findings':
      return page([{ ...finding, kind: 'seats' }], null);
    case 'openFindings':
      return page([{ ...finding, tenant: 'contoso', since: at }]);
    case 'findingCounts':
      return { 'no-email': 1_200, unmanaged: 3 };
    case 'approvals':
      return page(
        [{ ...request, id: 'contoso/3', tenant: 'contoso', state: 'open', opened: at, expires: at }],
        null,
      );
    case 'endedApprovals':
      return [{ ...request, ...ended }];
    case 'pause':
      return { since: at, undoes: null, by: mark };
    case 'signedInAt':
      return null;
    case 'why':
      return whyAnswers.get(query.subject) ?? null;
    case 'history':
      return page(entries, query.after === 0 ? 40 : null);
    default:
      throw new Error(`No answer is prepared for ${query.about}.`);
  }
}

/** A loop that is paused after a cycle that failed. */
export const pausedLoop = {
  ...{ tenant: 'contoso', stage: 'waiting' as const, health: cycleError.health, cycle: 7, finishedCycle: 7 },
  ...{ carriedThrough: { cycle: 7, full: 7, isFullLeft: false }, progress: null, nextCycleAt: at },
  ...{ configurationVersion: 1, paused: true, undoing: null, cycleError },
};
