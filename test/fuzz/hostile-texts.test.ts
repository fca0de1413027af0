/**
 * A dictionary of hostile texts in every text field of directory, Timely, tenant file and messages: nothing that people read
 * gets more than their characters. The responses of both services have the dictionary too (inputs.ts).
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeLabel } from '../../activities/apply/change-label.ts';
import { approvalDetails } from '../../activities/approvals/approval-details.ts';
import { csv } from '../../client/render/csv.ts';
import { findingsText } from '../../client/render/findings-text.ts';
import { table } from '../../client/render/output.ts';
import { changeTableRow } from '../../client/render/words/change-words.ts';
import { parseTenantFile, validateTenantFile } from '../../config/tenant-file.ts';
import { formatDecision } from '../../domain/approvals/decision.ts';
import { changeEffect } from '../../domain/approvals/effect.ts';
import type { ReportLine } from '../../domain/contract/report.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import type { Change } from '../../domain/plan/change.ts';
import { cleanText } from '../../domain/text.ts';
import { mailFor } from '../../notify/email.ts';
import { messageOf } from '../../notify/message.ts';
import { slackMessage } from '../../notify/slack.ts';
import { teamsMessage } from '../../notify/teams.ts';
import { approvalView, refusedLine } from '../../workflows/approval/approval-view.ts';
import { problemWith } from '../../workflows/approval/validate-decision.ts';
import { exampleData } from '../config/example.ts';
import { gated, group, members, person, planOf, team, user, worldWith } from '../domain/support/world.ts';
import { options, request, requests } from '../notify/samples.ts';
import { hostileTexts, unseenCharacter } from '../support/texts/hostile-texts.ts';
import { markedParts } from '../support/texts/rendered-markdown.ts';
import { runs } from './inputs.ts';

const hostile = fc
  .oneof(
    fc.constantFrom(...hostileTexts),
    fc.tuple(fc.constantFrom(...hostileTexts), fc.constantFrom(...hostileTexts)).map((two) => two.join('')),
  )
  .map(cleanText);
const at = '2026-11-23T12:00:00.000Z';

/** One line of a terminal, of a cell, or of a message. */
function expectOneLine(text: string): void {
  expect(text).not.toMatch(unseenCharacter);
  expect(text).not.toContain('\n');
}

/** Markdown with no more parts than with ordinary names. */
const ownParts = (markdown: string) =>
  markedParts(markdown)
    .map((part) => part.split(':')[0])
    .sort();

const fields = fc.record({
  ...{ name: hostile, department: hostile, groupName: hostile, userName: hostile, teamName: hostile },
  ...{ ruleGroup: hostile, role: hostile, by: hostile, note: hostile },
});
type Fields = typeof fields extends fc.Arbitrary<infer Value> ? Value : never;

const ordinary: Fields = {
  ...{ name: 'Ada', department: 'Design', groupName: 'Guild', userName: 'Frida', teamName: 'Board' },
  ...{ ruleGroup: 'Leads', role: 'manager', by: 'Lea', note: 'known to me' },
};

/** A joiner, a leaver, a role, teams by department and by group, and groups that are not there. */
function companyOf({ name, department, groupName, userName, teamName, ruleGroup, role }: Fields) {
  const people = [
    person('Ada', { name, attributes: { department } }),
    person('Bo', { name, enabled: false }),
    person('Cy', { name, mail: null, userPrincipalName: 'cy' }),
  ];
  return worldWith({
    rules: {
      roles: { default: role, adopted: 'rules', rules: [{ group: groupName, role }] },
      teams: [
        { kind: 'department', department: '*' },
        { kind: 'group', group: groupName },
        { kind: 'group', group: ruleGroup },
      ],
      safety: {
        sensitive: {
          directoryRoles: true,
          timelyRoles: ['admin'],
          groups: [groupName, ruleGroup],
          emails: [],
        },
      },
    },
    directory: { people, groups: [group(groupName, 'group-1')], memberships: members('group-1', 'id-ada') },
    timely: {
      roles: ['admin', role].map((each, index) => ({ id: 300 + index, name: each })),
      users: [user(7, 'Bo', { name: userName }), user(8, 'Frida', { name: userName })],
      teams: [team(5, teamName, 8)],
    },
  });
}

function lineOf(change: Change, position: number): ReportLine {
  const { kind, subject, reason, hold, refusal } = change;
  const facts = {
    origin: null,
    membersByHand: 1,
    byHand: [reason],
    manual: 'remove' as const,
    addressOf: String,
  };
  return {
    ...{ position, change: kind, status: 'held', name: subject.name, why: reason, failure: null },
    subject: subject.type === 'person' ? subject.email : subject.name,
    ...{ hold: hold ?? { rule: 'sensitive', detail: reason }, refusal, effect: changeEffect(change, facts) },
  };
}

const summary = (lines: ReportLine[]) => ({
  ...{ id: 'contoso/1', tenant: 'contoso', rule: 'sensitive' as const, state: 'open' as const },
  ...{ opened: at, expires: at, changes: lines.length, subjects: [] },
});

/** What Temporal's UI shows of an approval with these texts. */
function shownApproval(lines: ReportLine[], { by, note }: Fields): string {
  const decision = { decision: 'approve' as const, channel: 'signal' as const, changes: 1, at };
  const { details } = approvalDetails(summary(lines), lines, 'names');
  const refused = [refusedLine({ by }, 'approve', note)];
  return approvalView({
    state: 'open',
    details,
    decisions: [formatDecision({ ...decision, by, note })],
    refused,
  });
}

test('a plan with hostile names is shown, printed, exported and told as data', () => {
  const usual = gated(companyOf(ordinary)).map(lineOf).slice(0, 1);
  const usualParts = ownParts(shownApproval(usual, ordinary));
  fc.assert(
    fc.property(fields, (texts) => {
      const world = companyOf(texts);
      const changes = gated(world);
      const lines = changes.map(lineOf);
      expect(lines.length).toBeGreaterThan(0);
      for (const change of changes) {
        const label = changeLabel(change, 'names');
        expectOneLine(label);
        expect(ownParts(label)).toEqual([]);
        expect(Buffer.byteLength(label)).toBeLessThanOrEqual(380);
      }
      const details = shownApproval(lines.slice(0, 1), texts);
      expect(details).not.toMatch(unseenCharacter);
      expect(ownParts(details)).toEqual(usualParts);

      const findings = planOf(world).findings.map((finding) => ({
        ...finding,
        tenant: 'contoso',
        since: at,
      }));
      for (const text of [
        table(['what', 'who', 'why'], lines.map(changeTableRow), 120),
        findingsText(findings, { columns: 120, rows: null }, true),
        csv(
          ['name', 'why'],
          lines.map(({ name, why }) => [name, why]),
        ).replace(/[\r\t]/g, ''),
      ])
        expect(text).not.toMatch(unseenCharacter);
      expect(
        csv(
          ['name'],
          lines.map(({ name }) => [name]),
        ).split('\r\n'),
      ).toHaveLength(lines.length + 2);
    }),
    runs(0.03),
  );
});

test('messages about hostile names have no mark-up, link or line that is not ours', () => {
  fc.assert(
    fc.property(hostile, hostile, (name, detail) => {
      const told = request({
        who: [`invite ${name}`],
        detail,
        approvers: 2,
        approvedBy: [{ by: name, changes: 1 }],
      });
      const message = messageOf(requests({ requests: [told] }), options);
      for (const line of [message.title, ...message.lines, ...message.items.flatMap(({ lines }) => lines)])
        expectOneLine(line);
      expect(JSON.stringify(slackMessage(message))).not.toMatch(/<[!@#]|<https:\/\/evil/);
      expect(JSON.stringify(teamsMessage(message))).not.toContain('{{');
      const { subject, text } = mailFor(message);
      expectOneLine(subject);
      expect(text).not.toMatch(/https:\/\/evil|www\.evil|(?<!@)\bevil\.example/i);
    }),
    runs(),
  );
});

test('a decision with hostile texts is refused with a sentence, or names exactly one person', () => {
  const facts = { id: 'contoso/1', state: 'open', who: ['lea@contoso.example'], proof: null };
  fc.assert(
    fc.property(hostile, hostile, fc.array(hostile), (by, note, only) => {
      const decision = { decision: 'approve' as const, note, only };
      expect(problemWith({ ...decision, by }, facts)).toMatch(/\S+ \S+/);
      expect(problemWith({ ...decision, by: `${by}@contoso.example` }, facts)).toMatch(/\S+ \S+/);
      if (note.length <= 2_000 && only.every((text) => text.length <= 400))
        expect(problemWith({ ...decision, by: 'lea@contoso.example' }, facts)).toBeNull();
    }),
    runs(),
  );
});

type Place = { holder: Record<string, unknown>; key: string };

/** Every place of a text, and every key, inside a value. */
function textPlaces(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) =>
    typeof holder[key] === 'string' ? [{ holder, key }] : textPlaces(holder[key]),
  );
}

const placeCount = textPlaces(exampleData()).length;

test('a tenant file with a hostile text at any place is accepted and stable, or refused in lines that are ours', () => {
  fc.assert(
    fc.property(fc.nat(placeCount - 1), fc.boolean(), hostile, (index, isKey, text) => {
      const data = exampleData();
      const place = textPlaces(data)[index];
      if (place)
        Object.defineProperty(place.holder, isKey ? text : place.key, { value: text, enumerable: true });
      try {
        const file = validateTenantFile(data);
        expect(validateTenantFile(JSON.parse(JSON.stringify(file)))).toEqual(file);
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        expect(error.message).not.toMatch(unseenCharacter);
        expect(error.message.split('\n').slice(1)).toEqual(
          error.message
            .split('\n')
            .slice(1)
            .map(() => expect.stringMatching(/^ {2}[\w.[\]\\-]+.*: /)),
        );
      }
    }),
    runs(),
  );
});

test('the name of a tenant file begins no line of its own', () => {
  for (const name of hostileTexts)
    expect(() => parseTenantFile('tenant: X', name)).toThrow(
      /^[^\n\p{Cc}]* ?has \d+ problems:\n {2}line \d+, column \d+: \w+: /u,
    );
});
