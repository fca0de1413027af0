import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createConsolePages } from '../../domain/console-pages.ts';
import { findingKinds } from '../../domain/plan/finding-kinds.ts';
import { oneLine } from '../../domain/shown-text.ts';
import { mailFor } from '../../notify/email.ts';
import { messageOf } from '../../notify/message.ts';
import { slackMessage } from '../../notify/slack.ts';
import { teamsMessage } from '../../notify/teams.ts';
import { webhookBody } from '../../notify/webhook.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { findings, nastyName, options, request, requests } from './samples.ts';

const emailText = (notification: Parameters<typeof messageOf>[0]) =>
  mailFor(messageOf(notification, options)).text;

describe('a message', () => {
  test('about a request names the people, rule, figure and expiry, what to type, and where to click', () => {
    const { subject, text } = mailFor(messageOf(requests(), options));
    expect(subject).toBe('Timely sync of contoso: request contoso/3 for approval');
    expect(
      text,
    ).toBe(`The people concerned stay as they are until there is a decision. All other changes go ahead.

contoso/3: a sensitive account (sensitive)
  Who: invite Ada Example (ada@contoso.example)
  What: not in Timely → employee. Invites the person by e-mail as employee, who takes a seat.
  Why: Is in the sensitive group "Executives". Reason: joiner.
  Until: 2026-12-01 09:00 UTC
Open in Temporal's UI: http://localhost:8233/namespaces/default/workflows/tenant%2Fcontoso%2Fapproval%2F3

Show the details:
    timely-sync approvals show contoso/3
Approve:
    timely-sync approvals approve contoso/3 --note "…"
Reject:
    timely-sync approvals reject contoso/3 --note "…"
`);
  });

  test('about forty requests names the first and counts the rest', () => {
    const first = Array.from({ length: 10 }, (_, index) => request({ id: `contoso/${index + 1}` }));
    const { subject, text } = mailFor(messageOf(requests({ requests: first, others: 30 }), options));
    expect(subject).toBe('Timely sync of contoso: 40 requests for approval');
    expect(text).toContain('These are the first 10.');
    expect(text).toContain('timely-sync approvals list contoso');
    expect(text).toContain('WorkflowId%20STARTS_WITH%20%22tenant%2Fcontoso%2F%22');
  });

  test('about a limit with many changes names some of them and counts the rest', () => {
    const limit = request({ rule: 'too-many-removals', changes: 400, who: ['remove A', 'remove B'] });
    expect(emailText(requests({ requests: [limit] }))).toContain('Who: remove A, remove B and 398 more\n');
  });

  test('that reminds says who of two approvers has approved', () => {
    const two = (approvedBy: { by: string; changes: number }[]) =>
      emailText(
        requests({ kind: 'reminder', requests: [request({ approvers: 2, changes: 3, approvedBy })] }),
      );
    expect(two([])).toContain('2 different people have to approve; none has so far.');
    expect(two([{ by: 'anna', changes: 3 }])).toContain('2 different people have to approve; so far: anna.');
    expect(two([{ by: 'anna', changes: 1 }])).toContain('so far: anna (1 of 3 changes).');
  });

  test('has a title of its own for each kind, and no decision to make after an expiry', () => {
    const titles = (['request', 'reminder', 'escalation', 'expiry'] as const).map(
      (kind) => messageOf(requests({ kind }), options).title,
    );
    expect(new Set(titles).size).toBe(4);
    const expired = emailText(requests({ kind: 'expiry' }));
    expect(expired).toContain('Expired: 2026-12-01 09:00 UTC');
    expect(expired).not.toContain('approvals approve');
  });

  test('about an outage says what to do, since when, and when it is over', () => {
    const cycleError = {
      health: 'needs-connect',
      message: 'Timely refused.',
      remedy: 'Connect again.',
    } as const;
    const since = '2026-11-24T09:00:00.000Z';
    const outage = { about: 'trouble', kind: 'trouble', cycleError, since, silent: false } as const;
    expect(messageOf(outage, options).title).toBe('Timely sync of contoso needs attention: needs-connect');
    expect(emailText(outage)).toMatch(/Timely refused\.\nConnect again\..*timely-sync connect contoso/s);
    expect(messageOf({ ...outage, silent: true }, options).title).toContain(`no good cycle since ${since}`);
    const well = { about: 'well', kind: 'trouble', since, until: '2026-11-24T10:00:00.000Z' } as const;
    expect(messageOf(well, options).title).toBe('Timely sync of contoso: all is well again');
  });

  test('about new findings counts them by kind, names the first, and says where all are', () => {
    const { subject, text } = mailFor(messageOf(findings(12), options));
    expect(subject).toBe('Timely sync of contoso: 12 new findings');
    expect(text).toContain(
      'no-email: 12 findings\n  ada@contoso.example: She has no address.\n  … and 11 more',
    );
    expect(text).toContain('timely-sync findings contoso');
    expect(mailFor(messageOf(findings(1), options)).subject).toContain('1 new finding');
  });

  test('about findings of many kinds shows ten and counts the others', () => {
    const { kinds } = findings(1);
    const many = {
      ...findings(1),
      kinds: findingKinds.map((kind) => ({ ...kinds[0], kind, count: 2, first: [] })),
    };
    const { items, lines } = messageOf(many, options);
    expect(items).toHaveLength(10);
    expect(lines.join(' ')).toContain(`2 ${findingKinds.at(-1)}`);
  });

  test('has no link without an address of the UI', () => {
    expect(mailFor(messageOf(requests(), { ...options, ui: null })).text).not.toContain('http');
  });

  test('leads to the page where people decide, in place of commands, where there is a console', () => {
    const pages = createConsolePages('https://console.example', () => 'c4');
    const one = messageOf(requests(), { ...options, pages });
    const page = 'https://console.example/t/contoso~c4/approvals';
    expect(mailFor(one).text).toContain(`Decide: ${page}/3\n`);
    expect(mailFor(one).text).not.toContain('timely-sync approvals');
    expect(teamsMessage(one).attachments[0]?.content.actions).toEqual([
      { type: 'Action.OpenUrl', title: 'Decide', url: `${page}/3` },
    ]);
    const { blocks } = slackMessage(one);
    expect(JSON.stringify(blocks)).toContain(`<${page}/3|Decide>`);
    expect(JSON.stringify(blocks)).not.toContain('"text":""');
    const both = [request(), request({ id: 'contoso/4' })];
    const several = messageOf(requests({ requests: both }), { ...options, pages });
    const card = JSON.stringify(teamsMessage(several));
    for (const url of [page, `${page}/3`, `${page}/4`]) expect(card).toContain(`"url":"${url}"`);
  });

  test('has an id that depends on its keys', () => {
    const id = (keys: string[]) => messageOf(requests(), { ...options, keys: keys }).id;
    expect(id(['a'])).toBe(id(['a']));
    expect(id(['a'])).not.toBe(id(['b']));
  });
});

test('text of a directory in findings is on one line, and escaped as the channel reads it', () => {
  const nasty = messageOf(findings(1, nastyName), options);
  expect(nasty.items[0]?.lines).toEqual([expect.not.stringMatching(/[\r\n\u202e]/)]);
  expect(JSON.stringify(slackMessage(nasty))).not.toContain('<!channel>');
  expect(JSON.stringify(teamsMessage(nasty))).not.toContain('{{');
});

describe('text that people typed', () => {
  const nasty = messageOf(
    requests({ requests: [request({ who: [nastyName], detail: nastyName })] }),
    options,
  );

  test('is in text runs for Teams, where no Markdown is read', () => {
    const { content } = teamsMessage(nasty).attachments[0] ?? {};
    const blocks = JSON.stringify(content).match(/"type":"(TextBlock|RichTextBlock|TextRun)"/g);
    expect(blocks).not.toContain('"type":"TextBlock"');
    expect(JSON.stringify(content)).toContain('[click](https://evil.example)');
    expect(JSON.stringify(content)).not.toContain('{{');
    expect(content?.actions.map(({ url }) => new URL(url).host)).toEqual(['localhost:8233']);
  });

  test('is plain text for Slack, with the control characters escaped', () => {
    const sent = slackMessage(nasty);
    const text = JSON.stringify(sent);
    expect(text).toContain('&lt;!channel&gt; *bold*');
    expect(text).not.toMatch(/<!|<https:\/\/evil/);
    const markUp = [...text.matchAll(/"type":"mrkdwn","verbatim":true,"text":"((?:[^"\\]|\\.)*)"/g)];
    expect(markUp.length).toBeGreaterThan(0);
    for (const [, ours = ''] of markUp) expect(ours).not.toContain('bold');
  });

  test('begins no line and makes no link in an e-mail, neither in the header nor in the text', () => {
    const { subject, text } = mailFor(nasty);
    expect(`${subject}\n${text}`).not.toMatch(/^Bcc/m);
    expect(text).not.toContain('https://evil');
    expect(text).toContain('http://localhost:8233/');
    expect(text).not.toContain('\u202e');
  });

  test('becomes one line of limited length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        const line = oneLine(text, 300);
        expect(line.length).toBeLessThanOrEqual(300);
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  test('stays within the limits of the services: 28 KB for Teams, 3,000 characters a block for Slack', () => {
    const typed = fc.string({ unit: 'grapheme', maxLength: 150 });
    const someRequests = fc.array(
      fc.record({
        who: fc.array(typed, { minLength: 1, maxLength: 4 }),
        what: fc.array(typed, { minLength: 1, maxLength: 2 }),
        detail: typed,
        why: typed,
      }),
      { minLength: 1, maxLength: 10 },
    );
    fc.assert(
      fc.property(someRequests, (list) => {
        const notification = requests({
          requests: list.map((each) => request({ ...each, changes: 5 })),
          others: 7,
        });
        const message = messageOf(notification, options);
        expect(Buffer.byteLength(JSON.stringify(teamsMessage(message)))).toBeLessThan(28_000);
        const { blocks } = slackMessage(message);
        expect(blocks.length).toBeLessThanOrEqual(50);
        for (const block of blocks) {
          if ('text' in block && block.text) expect(block.text.text.length).toBeLessThanOrEqual(3_000);
        }
        expect(blocks[0]).toMatchObject({ type: 'header' });
      }),
      { numRuns: propertyRuns(10) },
    );
  });
});

test('the JSON webhook has the notification as data, with the time it was sent', () => {
  const now = new Date('2026-11-24T09:00:00Z');
  expect(webhookBody(messageOf(requests(), options), now)).toMatchObject({
    version: 1,
    tenant: 'contoso',
    kind: 'request',
    sentAt: '2026-11-24T09:00:00.000Z',
    notification: { about: 'requests', requests: [{ id: 'contoso/3', rule: 'sensitive' }], others: 0 },
    links: ['http://localhost:8233/namespaces/default/workflows/tenant%2Fcontoso%2Fapproval%2F3'],
  });
});
