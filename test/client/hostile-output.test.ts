/** Hostile texts in what commands print and export: nothing moves the cursor, and no name begins a row or a line. */
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cleanedSession } from '../../client/cleaned-session.ts';
import { writePrivateFile } from '../../client/private-file.ts';
import { checkText } from '../../client/remote/check-tenant.ts';
import { provisionText } from '../../client/remote/provision.ts';
import { approvalText, endedText } from '../../client/render/approval-text.ts';
import { csv } from '../../client/render/csv.ts';
import { findingsText } from '../../client/render/findings-text.ts';
import { printResult, table } from '../../client/render/output.ts';
import { previewText } from '../../client/render/preview-text.ts';
import { tenantInFullText } from '../../client/render/status-text.ts';
import { candidatesText, whyText } from '../../client/render/why-text.ts';
import { filled, mark } from '../support/texts/filled.ts';
import { formulaAttacks, hostileTexts, unseenCharacter } from '../support/texts/hostile-texts.ts';
import { withDataFolder } from './local/data-folder.ts';
import { cycleReport, reportLine } from './reports.ts';
import { flat, silentSession } from './run-command.ts';

/** Wide enough that no cell wraps. */
const columns = 100_000;
const at = '2026-11-23T12:00:00.000Z';

const hold = { rule: 'sensitive' as const, detail: mark };
const failure = { class: mark, message: mark, remedy: mark };
const effect = { before: mark, after: mark, says: mark, joins: [mark], leaves: [mark] };
const who = { subject: mark, name: `the name ${mark}`, why: mark };
const held = reportLine({ status: 'held', ...who, hold, effect });
const failed = reportLine({ status: 'failed', ...who, failure });
const finding = { kind: 'no-email' as const, subject: mark, message: mark };
const request = { id: 'contoso/1', rule: hold.rule, changes: 1, subjects: [mark] };
const ended = { ...request, state: 'rejected' as const, until: at };
const approval = { ...request, tenant: 'contoso', state: 'open' as const, opened: at, expires: at };
const decision = { by: mark, note: mark, channel: 'signal' as const, changes: 1, facts: '', at };
const cycleError = { health: 'source-down' as const, message: mark, remedy: mark };
const cycles = [cycleReport({ cycleError })];
const why = {
  ...{ tenant: 'contoso', tag: null, asOf: null, findings: [finding], next: mark },
  changes: [{ cycle: 1, at, change: 'invite' as const, reason: mark, approval: null }],
  waiting: [{ ...held, request: null, nextTryAt: null }],
};
const status = {
  ...{
    tenant: 'contoso',
    stage: 'waiting' as const,
    health: cycleError.health,
    cycle: 1,
    carriedThrough: { cycle: 1, full: 1, isFullLeft: false },
    finishedCycle: 1,
  },
  ...{ progress: null, nextCycleAt: at, configurationVersion: 1, paused: true, undoing: null, cycleError },
};
const planned = {
  ...{ ...held, id: mark, fingerprint: '', difference: null, joins: [mark], leaves: [mark] },
  ...{ before: { role: mark, name: mark }, after: { role: mark, name: mark } },
};
const counts = {
  ...{ planned: 1, toAdd: 1, toChange: 0, toRemove: 0, held: 1, asking: 0, refused: 0, failed: 0 },
  groups: [],
};

/** What each command makes of a document. */
const printed = [
  printing(
    'approvals show',
    {
      ...approval,
      lines: [{ ...held, decision: null }],
      decisions: [{ ...decision, decision: 'approve' as const }],
    },
    (shown) => approvalText(shown, columns),
  ),
  printing('approvals list', ended, endedText),
  printing(
    'why about a person',
    {
      ...{ ...why, kind: 'person' as const, teams: [mark] },
      person: { id: mark, name: mark, email: mark, userPrincipalName: mark, enabled: true, guest: false },
      verdict: { inScope: true, code: 'included' as const, reason: mark },
      link: { timelyId: 1, state: 'present' as const, email: mark, role: mark, outOfScopeSince: null },
      timely: { id: 1, email: mark, name: mark, role: mark, removed: false, pending: false },
    },
    (shown) => whyText(shown, columns),
  ),
  printing(
    'why about a team',
    {
      ...{ ...why, kind: 'team' as const, source: mark, name: mark, timelyId: 1, rule: mark, origin: null },
      ...{ members: [{ email: mark, lead: false, managed: false }], memberCount: 1 },
    },
    (shown) => whyText(shown, columns),
  ),
  printing('why, ambiguous', [{ kind: 'person' as const, id: mark, name: mark, email: mark }], (shown) =>
    candidatesText('Bo', shown),
  ),
  printing(
    'status',
    {
      ...{
        tenant: 'contoso',
        status,
        cycles,
        held: [held],
        failed: [failed],
        approvals: [approval],
        ended: [ended],
        stuck: { since: at, cause: mark, message: mark, remedy: mark },
      },
      ...{
        paused: { since: at, undoes: 3, by: mark },
        connectedSince: null,
        seats: [finding],
        findings: {},
        estimate: null,
      },
    },
    (shown) => tenantInFullText(shown, columns),
  ),
  printing(
    'preview',
    {
      ...{
        tenant: 'contoso',
        against: null,
        read: { kind: 'full' as const, evidence: null },
        inScope: 1,
        unchanged: 0,
      },
      ...{ counts, seats: null, changes: [planned], findings: [finding] },
    },
    (shown) => previewText(shown, columns),
  ),
  printing('findings', [{ ...finding, tenant: 'contoso', since: at }], (shown) =>
    findingsText(shown, { columns, rows: null }, true),
  ),
  printing(
    'check',
    {
      tenant: 'contoso',
      lines: [{ side: 'timely' as const, name: mark, state: 'ok' as const, message: mark, remedy: mark }],
      missing: [],
    },
    (shown) => checkText(shown, columns),
  ),
  printing(
    'provision',
    {
      ...{ tenant: 'contoso', stage: 'done' as const, cycle: 1, doubt: mark, cycleError },
      ...{ person: { id: mark, name: mark, email: mark }, verdict: { inScope: true, reason: mark } },
      steps: [{ ...held, request: null }],
    },
    (shown) => provisionText(shown, columns),
  ),
];

/** A command's output with a text in each place where a text from outside stands. */
function printing<Document>(name: string, document: Document, textOf: (shown: Document) => string) {
  const print = (text: string, json: boolean) => {
    let out = '';
    const session = cleanedSession({ ...silentSession(), out: (written) => (out += written) });
    printResult(session, json, filled(document, text), textOf);
    return out;
  };
  return {
    name,
    text: (text: string) => print(text, false),
    json: (text: string) => print(text, true),
    document,
  };
}

const lineCount = (text: string) => text.split('\n').length;

describe.each(printed)('$name', ({ text, json, document }) => {
  test('prints only what can be seen, and no more lines than with an ordinary name', () => {
    const usual = lineCount(text('Ada'));
    for (const hostile of hostileTexts) {
      const out = text(hostile);
      expect(out).not.toMatch(unseenCharacter);
      // A text without anything to see leaves out a line.
      expect(lineCount(out)).toBeLessThanOrEqual(usual);
    }
  });

  test('prints with --json only what can be seen, and the exact text', () => {
    for (const hostile of hostileTexts) {
      const out = json(hostile);
      expect(out).not.toMatch(unseenCharacter);
      expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(filled(document, hostile))));
    }
  });
});

test('a name of any width or length hides neither the address after it nor another column', () => {
  for (const name of [
    '名'.repeat(40),
    '👩‍👩‍👧‍👦'.repeat(9),
    'x'.repeat(250),
    ` ${'\u2800'.repeat(200)} │ done │`,
  ]) {
    const text = table(['who', 'why'], [[`${name} <mallory@evil.example>`, 'in scope']], 120);
    expect(text).toContain('<mallory@evil.example>');
    expect(flat(text)).toMatch(/in scope|in .* scope/);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(160);
  }
});

describe('an export', () => {
  test.each([...formulaAttacks, ...hostileTexts])('shows %j in a spreadsheet and runs nothing', (text) => {
    const file = csv(['name', 'after'], [[text, { name: text }]]);
    const [, row = ''] = file.split('\r\n');
    expect(row.replaceAll('\t', ' ')).not.toMatch(unseenCharacter);
    // Spreadsheets may split a line by another separator, and take a quote for the end of a cell.
    for (const separator of [',', ';', '\t', '|', '\n'])
      for (const cell of row.split(separator)) expect(cell.trim()).not.toMatch(/^["\s]*[-=+@＝＋－＠]/);
  });

  test('leaves ordinary cells as they are', () => {
    const cells = ['Ada-Marie O’Neill', 'ada+x@contoso.example', 'R&D – 10 %', 7, null];
    expect(csv(['a'], [cells])).toBe(
      '"a"\r\n"Ada-Marie O’Neill","ada+x@contoso.example","R&D – 10 %","7",""\r\n',
    );
  });

  test('is for its owner alone, also where the file was there before', () =>
    withDataFolder(async (folder) => {
      const file = `${folder}.csv`;
      await writeFile(file, 'an older and longer content');
      await chmod(file, 0o666);
      await writePrivateFile(file, 'new');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readFile(file, 'utf8')).toBe('new');
      const refused = writePrivateFile(join(folder, 'no-folder', 'x.csv'), 'new');
      await expect(refused).rejects.toMatchObject({
        exitCode: 1,
        message: expect.stringContaining('cannot be written'),
      });
    }));
});
