import { describe, expect, test } from '@jest/globals';
import { exitCodes } from '../../../client/exit-codes.ts';
import { exitCodeFor, type TenantDocument } from '../../../client/remote/cycle-document.ts';
import { table } from '../../../client/render/output.ts';
import { reportText } from '../../../client/render/report-table.ts';
import { changeTableRow, countsLine } from '../../../client/render/words/change-words.ts';
import { span } from '../../../client/render/words/moments.ts';
import { cycleReport, reportLine } from '../reports.ts';

const quiet: TenantDocument = { tenant: 'contoso', cycle: cycleReport(), held: [], failed: [], findings: [] };
const held = (request: string | null): TenantDocument => ({
  ...quiet,
  held: [
    {
      change: 'invite',
      subject: 'ada@contoso.example',
      name: 'Ada',
      reason: 'sensitive',
      detail: '',
      request,
    },
  ],
});
const withFailure: TenantDocument = {
  ...quiet,
  failed: [{ change: 'invite', subject: 'a', class: 'RejectedError', message: 'm', remedy: 'r' }],
};
const inTrouble: TenantDocument = {
  ...quiet,
  cycle: cycleReport({ cycleError: { health: 'target-down', message: 'm', remedy: 'r' } }),
};

describe('the exit code of a cycle', () => {
  test('is 0 when all is done', () => {
    expect(exitCodeFor({ tenants: [quiet, quiet] })).toBe(exitCodes.done);
  });

  test('is 3 when a change is held, for a person or until its cause ends', () => {
    expect(exitCodeFor({ tenants: [quiet, held(null)] })).toBe(exitCodes.somethingHeld);
    expect(exitCodeFor({ tenants: [quiet, held('contoso/1')] })).toBe(exitCodes.somethingHeld);
  });

  test('is 4 when a person failed, with and without open approvals', () => {
    expect(exitCodeFor({ tenants: [held('contoso/1'), withFailure] })).toBe(exitCodes.somePeopleFailed);
  });

  test('is 1 when a cycle failed, with and without failed people', () => {
    expect(exitCodeFor({ tenants: [withFailure, held('contoso/1'), inTrouble] })).toBe(exitCodes.failed);
  });
});

describe('a change as people read it', () => {
  test('shows what was done, for which person, and why', () => {
    expect(changeTableRow(reportLine())).toEqual([
      'invited',
      'Ada Example <ada@contoso.example>',
      'in the group Timely Users',
    ]);
  });

  test('names the rule of a hold and the remedy of a failure', () => {
    const hold = { rule: 'sensitive' as const, detail: 'is an executive' };
    expect(changeTableRow(reportLine({ status: 'held', hold }))).toEqual([
      'held: sensitive',
      'Ada Example <ada@contoso.example>',
      'is an executive (in the group Timely Users)',
    ]);
    const failure = { class: 'RejectedError', message: 'No seat is free.', remedy: 'Buy one.' };
    expect(changeTableRow(reportLine({ status: 'failed', failure }))[2]).toBe('No seat is free. Buy one.');
  });

  test('does not say a team name twice', () => {
    const team = reportLine({ change: 'createTeam', subject: 'Design', name: 'Design' });
    expect(changeTableRow(team).slice(0, 2)).toEqual(['team created', 'Design']);
  });
});

test('counts that are zero are left out', () => {
  const counts = {
    ...cycleReport().counts,
    inScope: 50,
    invited: 47,
    teamsCreated: 1,
    unchanged: 0,
    held: 3,
  };
  expect(countsLine({ ...counts, teamsRetired: 2 })).toBe(
    '50 in scope, 47 invited, 1 new team, 2 teams retired, 3 held.',
  );
});

test('a table keeps to the width of the terminal and loses no word', () => {
  const why = 'a reason of many words that has to be written over several lines of the table';
  const text = table(['what', 'why'], [['held', why]], 60);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  for (const word of why.split(' ')) expect(text).toContain(word);
});

test('a name in a table cannot move the cursor, hide a line or turn it round', () => {
  const text = table(['who', 'why'], [['Ada\u001b[2J\u009b1A\r\u202e', 'joiner\u0007']], 60);
  expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  expect(text).toContain('Ada [2J');
});

test('an address that is longer than the line is broken, and no character of it is lost', () => {
  const address = 'a.person.with.a.long.name@northwind-consulting.example';
  const text = table(['what', 'why'], [['held', `names ${address} twice`]], 40);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
  expect(text.replace(/\s+/g, '')).toContain(address);
});

test.each([
  [900, '0.9 s'],
  [59_940, '59.9 s'],
  [245_000, '4 min 5 s'],
  [119_700, '2 min 0 s'],
])('%d milliseconds read as %s', (milliseconds, text) => {
  expect(span(milliseconds)).toBe(text);
});

test('the report of an undo says itself what it leaves: no list of the tenant has that', () => {
  const left = {
    kind: 'undo-leaves' as const,
    subject: '2 people',
    message: 'They do not get projects back.',
  };
  const cycle = { tenant: 'contoso', lines: [], findings: [left] };
  const undo = reportText({ ...cycle, report: cycleReport({ kind: 'undo' }) }, 80);
  expect(undo).toContain('stays: 2 people. They do not get projects back.');
  expect(undo).not.toContain('timely-sync findings');
});
