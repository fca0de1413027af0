/** What commands show, at 80 and at 120 columns. */
import { describe, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { checkText } from '../../../client/remote/check-tenant.ts';
import { provisionText } from '../../../client/remote/provision.ts';
import { approvalText } from '../../../client/render/approval-text.ts';
import { findingsText } from '../../../client/render/findings-text.ts';
import { historyText } from '../../../client/render/history-text.ts';
import { previewText } from '../../../client/render/preview-text.ts';
import { reportText } from '../../../client/render/report-table.ts';
import { tenantInFullText } from '../../../client/render/status-text.ts';
import { tenantsList } from '../../../client/render/tenants-list.ts';
import { whyText } from '../../../client/render/why-text.ts';
import { moment } from '../../../client/render/words/moments.ts';
import { isSetUpText, suggestionsText } from '../../../client/sandbox/sandbox-suggestions.ts';
import { cycleReport, reportLine } from '../reports.ts';
import { flat } from '../run-command.ts';
import { approval, journalLine, preview, sampleDocuments, status, summary, whyPerson } from '../samples.ts';

const many = Array.from({ length: 60 }, (_, index) =>
  reportLine({
    ...{ position: index, subject: `person.number-${index}@contoso.example`, name: `Person Number ${index}` },
    why: index < 40 ? 'department "Engineering"' : index < 50 ? 'in group "Timely Users"' : `reason ${index}`,
  }),
);
const held = status.held.concat(
  many.slice(0, 20).map((line) => ({
    ...{ ...line, status: 'held' as const, change: 'remove' as const },
    hold: { rule: 'too-many-removals' as const, detail: '20 people of 57 would leave, more than 5 %.' },
  })),
);
const bigPreview = {
  ...preview,
  changes: many.map((line) => ({ ...preview.changes[0], ...line, status: 'planned' as const })),
} as typeof preview;
const hugePreview = {
  ...bigPreview,
  changes: Array.from({ length: 201 }, (_, position) => ({ ...bigPreview.changes[0], position })),
  counts: {
    ...{ ...preview.counts, planned: 299, toAdd: 0, toChange: 299, held: 700, asking: 700 },
    groups: [
      { change: 'invite', status: 'held', rule: 'too-many-invitations', changes: 700 },
      { change: 'link', status: 'planned', rule: null, changes: 299 },
    ],
  },
} as typeof preview;
const statusOfMany = {
  ...status,
  held: Array.from({ length: 50 }, () => held.at(-1) ?? held[0]),
  cycles: [cycleReport({ counts: { ...cycleReport().counts, held: 700 } })],
} as typeof status;
const [askedLine] = approval.lines;
const bigApproval = {
  ...approval,
  changes: 700,
  lines: many.map(({ subject, name }) => ({ ...askedLine, subject, name })),
} as typeof approval;
const tenantLine = { ...summary, stage: 'waiting' as const, health: 'ok' as const, nextCycleAt: null };
const [finding] = preview.findings;
const [check] = sampleDocuments.check as Parameters<typeof checkText>[0][];
const [provision] = sampleDocuments.provision as Parameters<typeof provisionText>[0][];

/** As in the sandbox's first cycle: reasons of several lines, and many that only one person has. */
const wordy = many.slice(0, 18).map((line, index) => ({
  ...line,
  why: `in group "Timely Users" > "Finance Leads" > "Finance Interns ${index}", which the directory has since the move`,
}));
const wordyHeld = wordy.slice(0, 8).map((line) => ({
  ...{ ...line, status: 'held' as const },
  hold: {
    rule: 'sensitive' as const,
    detail: `Holds privileged directory roles: ${line.name}, Global Admin.`,
  },
}));

const screens: Record<string, (columns: number) => string> = {
  preview: (columns) => previewText(preview, columns),
  'preview of many': (columns) => previewText(bigPreview, columns),
  'preview of very many': (columns) => previewText(hugePreview, columns),
  'status of many': (columns) => tenantInFullText(statusOfMany, columns),
  'approval of many': (columns) => approvalText(bigApproval, columns),
  'report of many': (columns) =>
    reportText(
      { tenant: 'contoso', report: cycleReport(), lines: [many, held], findings: preview.findings },
      columns,
    ),
  'report with long reasons': (columns) =>
    reportText(
      {
        ...{ tenant: 'contoso', report: cycleReport(), lines: [wordy, wordyHeld] },
        findings: preview.findings,
      },
      columns,
    ),
  status: (columns) => tenantInFullText(status, columns),
  'status of all': (columns) => tenantsList(columns).textOf({ tenants: [tenantLine] }),
  'approvals show': (columns) => approvalText(approval, columns),
  findings: (columns) =>
    findingsText(
      finding ? [{ ...finding, tenant: 'contoso', since: null }] : [],
      { columns, rows: 40 },
      false,
    ),
  history: (columns) => historyText([journalLine()], { columns, rows: 40 }),
  'history of many': (columns) =>
    historyText(
      Array.from({ length: 201 }, () => journalLine()),
      { columns, rows: 40 },
    ),
  why: (columns) => whyText(whyPerson, columns),
  check: (columns) => (check ? checkText(check, columns) : ''),
  // The commands are there to be pasted: no terminal may break them.
  'up --sandbox': () => suggestionsText('contoso/1', { data: '/home/ada/a-folder-of-her-own/timely-sync' }),
  'up --set-up': () => isSetUpText('http://localhost:65535'),
  provision: (columns) => (provision ? provisionText(provision, columns) : ''),
};

describe.each([80, 120])('at %d columns', (columns) => {
  test.each(Object.entries(screens))('%s keeps to the width and to 40 lines', (name, screen) => {
    const lines = screen(columns).split('\n');
    expect(lines.filter((line) => stringWidth(line) > columns)).toEqual([]);
    // An approval names each person, however many they are.
    if (name !== 'approval of many') expect(lines.length).toBeLessThanOrEqual(40);
    expect(lines.length).toBeGreaterThan(0);
  });
});

test('the status of all tenants has its columns at 80 columns too', () => {
  const [head = '', row = ''] = screens['status of all']?.(80).split('\n').slice(-4) ?? [];
  expect(flat(head + row)).toMatch(/tenant state people held failed asks last cycle/);
});

describe('the first screen', () => {
  test('has the numbers, then what waits, then what was done, then what to do', () => {
    const text = screens['report of many']?.(80) ?? '';
    const places = [
      '50 in scope',
      'What waits',
      'What was done',
      'Findings: no-email',
      'Next: timely-sync approvals list contoso',
    ];
    const found = places.map((part) => text.indexOf(part));
    expect(found).toEqual([...found].sort((one, other) => one - other));
    expect(found).not.toContain(-1);
  });

  test('shows what has failed where not all that waits fits', () => {
    const [held] = wordyHeld;
    const failure = { class: 'validation', message: 'Timely refuses the name.', remedy: 'Correct the name.' };
    const failed = held && { ...held, status: 'failed' as const, hold: null, failure, why: 'joiner' };
    const lines = [wordy, [...wordyHeld, ...(failed ? [failed] : [])]];
    const text = reportText(
      { tenant: 'contoso', report: cycleReport(), lines, findings: preview.findings },
      80,
    );
    expect(flat(text)).toContain('Timely refuses the name. Correct the name.');
    expect(text).toMatch(/… and \d+ others/);
  });

  test('has the number of all changes of a kind, also of more than are read', () => {
    const text = screens['preview of very many']?.(80) ?? '';
    expect(text).toMatch(/\+ held: invite +│ 700 people +│ too-many-invitations/);
    expect(text).toMatch(/~ link +│ 299 people/);
    expect(text).not.toContain('Person Number 0');
    const now = flat(screens['status of many']?.(80) ?? '');
    expect(now).toContain('at least 50 people');
    expect(now).toContain('and 649 others');
    expect(flat(screens['approval of many']?.(80) ?? '')).toContain('60 alike');
  });

  test('says a reason that many share once', () => {
    const text = screens['preview of many']?.(120) ?? '';
    expect(text.match(/department "Engineering"/g)).toHaveLength(1);
    expect(text).toMatch(/\+ invite +│ 40 people/);
    expect(flat(text)).toContain('Person Number 0, Person Number 1, Person Number 2,');
  });
});

test('the history says who was removed, when, and who approved it, at 80 columns', () => {
  const line = journalLine();
  expect(
    historyText(
      [line, journalLine({ subject: 'cy@contoso.example', name: 'Cy', approval: null, approvedBy: [] })],
      { columns: 80, rows: null },
    ),
  ).toBe(
    [
      `${moment(line.at)}  remove  Bo Berg <bo.berg@contoso.example>`,
      '    cycle 7: the account is disabled (contoso/3, approved by',
      '    it-lead@contoso.example)',
      `${moment(line.at)}  remove  Cy <cy@contoso.example>`,
      '    cycle 7: the account is disabled',
    ].join('\n'),
  );
});

test("a tenant in trouble, and a person whom the sync has changed, name the way to Temporal's UI", () => {
  const cycleError = { health: 'quarantined', message: 'The store did not answer.', remedy: '' } as const;
  const inTrouble = { ...status, cycles: [cycleReport({ cycleError })] };
  expect(tenantInFullText(inTrouble, 80)).toContain('timely-sync status contoso --web');
  expect(tenantInFullText(status, 80)).not.toContain('--web');
  expect(whyText(whyPerson, 80)).toContain('With --web');
  expect(whyText({ ...whyPerson, tag: null }, 80)).not.toContain('--web');
});

test('a terminal gets as many of the newest entries as fit it, and other outputs more', () => {
  const entries = Array.from({ length: 201 }, (_, index) =>
    journalLine({ subject: `p${index}@contoso.example` }),
  );
  const lines = (rows: number | null) => historyText(entries, { columns: 80, rows }).split('\n');
  expect(lines(24).length).toBeLessThanOrEqual(22);
  expect(lines(24).length).toBeGreaterThan(15);
  expect(lines(24)[0]).toContain('p0@contoso.example');
  expect(lines(24).at(-1)).toContain('… and older ones: add --since');
  expect(lines(null).filter((line) => line.includes('@contoso.example')).length).toBeGreaterThanOrEqual(200);
});

test('the preview says what would be added, changed and removed, at 80 columns', () => {
  expect(previewText(preview, 80)).toBe(
    [
      'contoso: what the next cycle would do. Nothing was written.',
      '57 in scope, 3 unchanged.',
      'Plan: 2 to add, 0 to change, 0 to remove; 1 held.',
      'Seats: 5 of 80 used, 54 afterwards.',
      'What it would do:',
      '+ invite  Ada Example <ada.example@contoso.example>',
      '    scope.include 2: department "Design" [not there → employee]',
      '+ invite  Maximiliane von Hohenstein-Lindenberg',
      '    <maximiliane.von-hohenstein-lindenberg@international-services.contoso.exampl',
      '    e>',
      '    scope.include 2: department "Design" [not there → employee]',
      'Findings: no-email. They are in: timely-sync preview FILE --json',
      '1 change asks for an approval once the cycle has run.',
      'All changes: timely-sync preview FILE --out plan.csv',
      'Next: timely-sync resume contoso, if it is paused',
    ].join('\n'),
  );
});

test('a preview that other steps follow names the file, and no next step of its own', () => {
  const text = previewText(preview, 80, { file: 'acme.yaml', isFollowed: true });
  expect(text).toContain('timely-sync preview acme.yaml --out plan.csv');
  expect(text).not.toMatch(/Next:|FILE/);
});

test('an approval shows what was decided only once something was', () => {
  const [line] = approval.lines;
  if (!line) throw new Error('the sample has no change');
  expect(approvalText(approval, 80)).not.toMatch(/decision|before → after| - /);
  const decided = { ...approval, lines: [{ ...line, decision: 'approved' as const }] };
  expect(flat(approvalText(decided, 80))).toContain('decision approved');
});
