import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mailFor } from '../../notify/email.ts';
import { messageOf, oneLine } from '../../notify/message.ts';
import { slackMessage } from '../../notify/slack.ts';
import { teamsMessage } from '../../notify/teams.ts';
import { webhookBody } from '../../notify/webhook.ts';
import { nastyName, options, request, requests } from './samples.ts';

const emailText = (news: Parameters<typeof messageOf>[0]) => mailFor(messageOf(news, options)).text;

describe('what a message says', () => {
  test('a request: whom it concerns, rule, figure, expiry, what to type, and where to click', () => {
    const { subject, text } = mailFor(messageOf(requests(), options));
    expect(subject).toBe('Timely sync of contoso: request contoso/3 for approval');
    expect(
      text,
    ).toBe(`Everybody it concerns stays as they are until somebody decides; all other changes went on.

contoso/3: a sensitive account (sensitive)
  Concerns invite Ada Example (ada@contoso.example).
  Is in the sensitive group "Executives".
  Expires at 2026-12-01T09:00:00.000Z.
Open in Temporal's UI: http://localhost:8233/namespaces/default/workflows/tenant%2Fcontoso%2Fapproval%2F3

All of it:
    timely-sync approvals show contoso/3
Approve:
    timely-sync approvals approve contoso/3 --note "…"
Reject:
    timely-sync approvals reject contoso/3 --note "…"
`);
  });

  test('forty requests are one message that names the first and counts the rest', () => {
    const first = Array.from({ length: 10 }, (_, index) => request({ id: `contoso/${index + 1}` }));
    const { subject, text } = mailFor(messageOf(requests({ requests: first, others: 30 }), options));
    expect(subject).toBe('Timely sync of contoso: 40 requests for approval');
    expect(text).toContain('These are the first 10.');
    expect(text).toContain('timely-sync approvals list contoso');
    expect(text).toContain('WorkflowId%20STARTS_WITH%20%22tenant%2Fcontoso%2F%22');
  });

  test('a limit with many changes names some of them and how many more there are', () => {
    const limit = request({ rule: 'too-many-removals', changes: 400, who: ['remove A', 'remove B'] });
    expect(emailText(requests({ requests: [limit] }))).toContain('Concerns remove A, remove B and 398 more.');
  });

  test('a reminder says who of two approvers is missing', () => {
    const two = (approvedBy: { by: string; changes: number }[]) =>
      emailText(
        requests({ kind: 'reminder', requests: [request({ approvers: 2, changes: 3, approvedBy })] }),
      );
    expect(two([])).toContain('2 different people have to approve; nobody has so far.');
    expect(two([{ by: 'anna', changes: 3 }])).toContain(
      '2 different people have to approve; so far anna did.',
    );
    expect(two([{ by: 'anna', changes: 1 }])).toContain('so far anna (1 of 3 changes) did.');
  });

  test('each kind has a title of its own, and an expiry nothing to answer', () => {
    const titles = (['request', 'reminder', 'escalation', 'expiry'] as const).map(
      (kind) => messageOf(requests({ kind }), options).title,
    );
    expect(new Set(titles).size).toBe(4);
    const expired = emailText(requests({ kind: 'expiry' }));
    expect(expired).toContain('Expired at 2026-12-01');
    expect(expired).not.toContain('approvals approve');
  });

  test('trouble says what to do, silence since when, and the end that it is over', () => {
    const cycleError = {
      health: 'needs-connect',
      message: 'Timely refused.',
      remedy: 'Connect again.',
    } as const;
    const since = '2026-11-24T09:00:00.000Z';
    const told = { about: 'trouble', kind: 'trouble', cycleError, since, silent: false } as const;
    expect(messageOf(told, options).title).toBe('Timely sync of contoso needs somebody: needs-connect');
    expect(emailText(told)).toMatch(/Timely refused\.\nConnect again\..*timely-sync connect contoso/s);
    expect(messageOf({ ...told, silent: true }, options).title).toContain(`no good cycle since ${since}`);
    const well = { about: 'well', kind: 'trouble', since, until: '2026-11-24T10:00:00.000Z' } as const;
    expect(messageOf(well, options).title).toBe('Timely sync of contoso: all is well again');
  });

  test('without an address of the UI there is no link', () => {
    expect(mailFor(messageOf(requests(), { ...options, ui: null })).text).not.toContain('http');
  });

  test('the same news have the same id, others another', () => {
    const id = (matters: string[]) => messageOf(requests(), { ...options, matters }).id;
    expect(id(['a'])).toBe(id(['a']));
    expect(id(['a'])).not.toBe(id(['b']));
  });
});

describe('what people have typed is no mark-up', () => {
  const nasty = messageOf(
    requests({ requests: [request({ who: [nastyName], detail: nastyName })] }),
    options,
  );

  test('in Teams it stands in text runs, where no Markdown is read', () => {
    const { content } = teamsMessage(nasty).attachments[0] ?? {};
    const blocks = JSON.stringify(content).match(/"type":"(TextBlock|RichTextBlock|TextRun)"/g);
    expect(blocks).not.toContain('"type":"TextBlock"');
    expect(JSON.stringify(content)).toContain('[click](https://evil.example)');
    expect(JSON.stringify(content)).not.toContain('{{');
    expect(content?.actions.map(({ url }) => new URL(url).host)).toEqual(['localhost:8233']);
  });

  test('in Slack it stands in plain text, with the control characters escaped', () => {
    const sent = slackMessage(nasty);
    const text = JSON.stringify(sent);
    expect(text).toContain('&lt;!channel&gt; *bold*');
    expect(text).not.toMatch(/<!|<https:\/\/evil/);
    const markUp = [...text.matchAll(/"type":"mrkdwn","verbatim":true,"text":"((?:[^"\\]|\\.)*)"/g)];
    expect(markUp.length).toBeGreaterThan(0);
    for (const [, ours = ''] of markUp) expect(ours).not.toContain('bold');
  });

  test('in e-mail it begins no line of its own, neither in the head nor in the text', () => {
    const { subject, text } = mailFor(nasty);
    expect(`${subject}\n${text}`).not.toMatch(/^Bcc/m);
    expect(text).not.toContain('\u202e');
  });

  test('any text becomes one line of a bounded length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        const line = oneLine(text);
        expect(line.length).toBeLessThanOrEqual(300);
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  test('any names fit into what the services take: 28 KB for Teams, 3,000 characters a block for Slack', () => {
    const typed = fc.string({ unit: 'grapheme', maxLength: 150 });
    const someRequests = fc.array(
      fc.record({ who: fc.array(typed, { minLength: 1, maxLength: 5 }), detail: typed }),
      { minLength: 1, maxLength: 10 },
    );
    fc.assert(
      fc.property(someRequests, (list) => {
        const news = requests({ requests: list.map((each) => request({ ...each, changes: 5 })), others: 7 });
        const message = messageOf(news, options);
        expect(Buffer.byteLength(JSON.stringify(teamsMessage(message)))).toBeLessThan(28_000);
        const { blocks } = slackMessage(message);
        expect(blocks.length).toBeLessThanOrEqual(50);
        for (const block of blocks) {
          if ('text' in block && block.text) expect(block.text.text.length).toBeLessThanOrEqual(3_000);
        }
        expect(blocks[0]).toMatchObject({ type: 'header' });
      }),
      { numRuns: 10 },
    );
  });
});

test('the JSON webhook has the news as data, with the moment it was sent', () => {
  const now = new Date('2026-11-24T09:00:00Z');
  expect(webhookBody(messageOf(requests(), options), now)).toMatchObject({
    version: 1,
    tenant: 'contoso',
    kind: 'request',
    sentAt: '2026-11-24T09:00:00.000Z',
    news: { about: 'requests', requests: [{ id: 'contoso/3', rule: 'sensitive' }], others: 0 },
    links: ['http://localhost:8233/namespaces/default/workflows/tenant%2Fcontoso%2Fapproval%2F3'],
  });
});
