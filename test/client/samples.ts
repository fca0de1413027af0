/** Documents as commands print them, of a tenant with a normal day behind it. */

import type { CycleDocument } from '../../client/remote/cycle-document.ts';
import type { PreviewDocument } from '../../client/remote/preview.ts';
import type { TenantInFull } from '../../client/remote/status-of-one.ts';
import type { JournalLine } from '../../domain/contract/journal-line.ts';
import type { ApprovalDetail, TenantSummary } from '../../domain/contract/report.ts';
import type { WhyPerson } from '../../domain/contract/why.ts';
import { cycleReport, reportLine } from './reports.ts';

const at = '2026-11-23T12:06:00.000Z';
export const evidence = {
  kind: 'full' as const,
  complete: true,
  reasons: [],
  users: { pages: 2, objects: 1_040 },
  groups: { pages: 1, objects: 37 },
};

const [ada, bo, long] = [
  { subject: 'ada.example@contoso.example', name: 'Ada Example' },
  { subject: 'bo.berg@contoso.example', name: 'Bo Berg' },
  {
    subject: 'maximiliane.von-hohenstein-lindenberg@international-services.contoso.example',
    name: 'Maximiliane von Hohenstein-Lindenberg',
  },
];
const sensitive = { rule: 'sensitive' as const, detail: 'Is in the sensitive group "Executives".' };
const heldLine = reportLine({
  ...bo,
  change: 'remove',
  status: 'held',
  why: 'leaver: the account is disabled',
  hold: sensitive,
  request: 'contoso/3',
});
const failure = {
  class: 'validation',
  message: 'Timely refuses the name "Bo Berg 2".',
  remedy: 'Set another one under names.instead.',
  tries: 2,
  nextTryAt: at,
};
const failedLine = reportLine({ ...long, status: 'failed', failure });
const finding = {
  kind: 'no-email' as const,
  subject: 'kiosk@contoso',
  message:
    'Build Kiosk is in scope, but has no usable address, so they are not invited. Give them a mail address.',
};

/** An entry of the journal: by default Bo, removed with an approval. */
export function journalLine(differences: Partial<JournalLine> = {}): JournalLine {
  return {
    ...{ sequence: 41, at, cycle: 7, kind: 'remove', ...bo, reason: 'leaver: the account is disabled' },
    ...{
      before: { role: 'employee' },
      after: null,
      approval: 'contoso/3',
      approvedBy: ['it-lead@contoso.example'],
      hash: 'a'.repeat(64),
    },
    ...differences,
  };
}

export const approval: ApprovalDetail = {
  ...{ id: 'contoso/3', tenant: 'contoso', rule: 'sensitive', state: 'open', opened: at, expires: at },
  ...{ changes: 1, subjects: [bo?.subject ?? ''] },
  lines: [
    {
      ...heldLine,
      decision: null,
      effect: {
        before: 'employee',
        after: 'removed',
        says: 'Removes the person from Timely; their hours stay.',
        joins: [],
        leaves: [],
      },
    },
  ],
  decisions: [],
};

export const summary: TenantSummary = {
  ...{ tenant: 'contoso', lastCycle: cycleReport(), held: 1, failed: 1, openApprovals: 1 },
  findings: { 'no-email': 1, unmanaged: 3 },
};

export const preview: PreviewDocument = {
  ...{ tenant: 'contoso', against: null, read: { kind: 'full', evidence }, inScope: 57, unchanged: 3 },
  counts: {
    ...{ planned: 2, toAdd: 2, toChange: 0, toRemove: 0, held: 1, asking: 1, refused: 0, failed: 0 },
    groups: [
      { change: 'invite', status: 'planned', rule: null, changes: 2 },
      { change: 'remove', status: 'held', rule: 'sensitive', changes: 1 },
    ],
  },
  seats: { paid: 80, used: 5, free: 75, usedAfter: 54, waiting: 0 },
  changes: [ada, long].map((who, position) => ({
    ...reportLine({
      ...who,
      position,
      status: 'planned',
      why: 'joiner: scope.include 2: department "Design"',
    }),
    ...{ id: `id-${position}`, fingerprint: 'f', joins: [], leaves: [], difference: null },
    ...{ before: null, after: { role: 'employee' } },
  })),
  findings: [finding],
};

export const status: TenantInFull = {
  tenant: 'contoso',
  status: null,
  ...{
    stuck: null,
    paused: null,
    connectedSince: null,
    cycles: [cycleReport({ number: 7, evidence })],
    held: [heldLine],
  },
  ...{ failed: [failedLine], approvals: [approval], ended: [], seats: [], findings: summary.findings },
  estimate: null,
};

export const whyPerson: WhyPerson = {
  ...{ kind: 'person', tenant: 'contoso', tag: '0a1b2c3d4e', asOf: { cycle: 7, at }, teams: ['Design'] },
  findings: [],
  person: {
    ...{ id: '8f0c2a4e-1111-4222-8333-444455556666', name: 'Ada Example', email: ada?.subject ?? null },
    ...{ userPrincipalName: 'ada@contoso.example', enabled: true, guest: false },
  },
  verdict: { inScope: true, code: 'included', reason: 'scope.include 2: department "Design"' },
  link: {
    timelyId: 48_213,
    state: 'present',
    email: ada?.subject ?? '',
    role: 'employee',
    outOfScopeSince: null,
  },
  timely: {
    ...{ id: 48_213, email: ada?.subject ?? '', name: 'Ada Example', role: 'employee' },
    ...{ removed: false, pending: true },
  },
  changes: [{ cycle: 1, at, change: 'invite', reason: 'joiner: department "Design"', approval: 'contoso/1' }],
  waiting: [],
  next: 'Nothing: they are in Timely, as the tenant file says.',
};

const cycles: CycleDocument = {
  tenants: [
    {
      ...{ tenant: 'contoso', cycle: cycleReport({ evidence }), findings: [finding] },
      held: [
        {
          change: 'remove',
          ...(bo ?? ada),
          reason: 'sensitive',
          detail: sensitive.detail,
          request: 'contoso/3',
        },
      ] as CycleDocument['tenants'][number]['held'],
      failed: [{ change: 'invite', subject: long?.subject ?? '', ...failure }],
    },
  ],
};
const line = { ...summary, stage: 'waiting', health: 'ok', nextCycleAt: at };
const { effect: _, decision: __, ...step } = { effect: null, decision: null, ...heldLine };
const linked = {
  ...{ tenant: 'contoso', did: 'linked', next: 'The next cycle gives the user the role and teams.' },
  person: { id: 'id', name: 'Ada Example', email: null },
  timely: { id: 1, name: 'Ada', email: ada?.subject, removed: false },
};
const decided = {
  id: 'contoso/3',
  decision: 'approve',
  outcome: '1 change approved.',
  decided: 1,
  undecided: 0,
};
const difference = { path: 'safety.removals.percent', before: '5', after: '10' };
const reopened = { id: 'contoso/3', changes: 1, isAwake: true };
const check = {
  tenant: 'contoso',
  lines: [{ side: 'timely', name: 'seats', state: 'ok', message: '80 paid, 54 used.', remedy: '' }],
  missing: [],
};

/** By the words of the command. */
export const sampleDocuments: Record<string, object[]> = {
  ...{ up: [cycles], sync: [cycles], watch: [cycles], undo: [{ undone: 6, ...cycles }] },
  ...{ preview: [preview], check: [check] },
  init: [
    { file: 'contoso.yaml', tenant: 'contoso', registration: ['az login'], look: null, check, preview: null },
  ],
  start: [{ tenant: 'contoso', version: 2, changed: true, paused: false, differences: [difference] }],
  config: [
    {
      ...{ tenant: 'contoso', version: 2, newest: 3, file: { tenant: 'contoso' }, differences: [difference] },
      given: { at, by: 'ada', channel: 'command' },
    },
  ],
  invite: [
    {
      ...{ tenant: 'contoso', link: 'https://sync.contoso.example/set-up/abc', opensUntil: at },
      ...{ replacesLink: false, hasFile: false },
    },
    { tenant: 'contoso', revoked: true },
  ],
  connect: [
    {
      tenant: 'contoso',
      name: 'Olivia',
      email: 'o@contoso.example',
      role: 'admin',
      isAdmin: true,
      loopRuns: true,
      paused: true,
    },
  ],
  status: [{ tenants: [line] }, status, { url: 'https://temporal.contoso.example' }],
  provision: [
    {
      ...{ tenant: 'contoso', stage: 'done', cycle: 8, person: null, verdict: null },
      ...{ steps: [step], doubt: null, cycleError: null },
    },
  ],
  why: [
    { url: 'https://temporal.contoso.example' },
    whyPerson,
    { kind: 'ambiguous', candidates: [{ kind: 'team', id: '7', name: 'Design', email: null }], next: null },
  ],
  'approvals list': [{ approvals: [approval], ended: [] }],
  'approvals show': [approval],
  'approvals approve': [decided, { decisions: [decided] }],
  'approvals reject': [{ ...decided, decision: 'reject' }],
  'approvals reopen': [reopened, { reopened: [reopened] }],
  findings: [{ findings: [{ ...finding, tenant: 'contoso', since: at }] }],
  ...{ link: [linked], unlink: [{ ...linked, did: 'unlinked' }] },
  history: [
    { tenant: 'contoso', entries: [journalLine()] },
    { tenant: 'contoso', file: 'j.csv', entries: 1 },
  ],
  erase: [{ tenant: 'contoso', entries: 3, stays: false }],
  ...{
    pause: [{ tenant: 'contoso', sent: 'pause' }],
    resume: [{ tenant: 'contoso', sent: 'resume', paused: true, preview: null }],
  },
  stop: [{ tenant: 'contoso', sent: 'stop' }],
  completion: [{ shell: 'bash', script: '' }],
};
