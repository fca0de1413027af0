import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { sendEmail } from '../../notify/email.ts';
import { messageOf } from '../../notify/message.ts';
import { slackMessage } from '../../notify/slack.ts';
import { teamsMessage } from '../../notify/teams.ts';
import type { Mailbox } from '../../simulators/mailbox/mailbox.ts';
import { stayingPort } from '../support/ports.ts';
import { type SimulatorWorld, withWorld } from './world.ts';

const ui = { url: 'https://temporal.example', namespace: 'default' };
const message = messageOf(
  {
    about: 'well',
    kind: 'trouble',
    since: '2026-03-01T12:00:00Z',
    until: '2026-03-01T13:00:00Z',
  } as Parameters<typeof messageOf>[0],
  { tenant: 'contoso', ui, pages: null, keys: ['a'] },
);

const mailboxOf = ({ sandbox }: SimulatorWorld): Mailbox => {
  if (!sandbox.mailbox) throw new Error('The sandbox has no mailbox.');
  return sandbox.mailbox;
};

test('shows an e-mail with its links, whoever it is for', () =>
  withWorld({ mailbox: true }, async (world) => {
    const { url, smtpUrl } = mailboxOf(world);
    const server = { url: smtpUrl, from: 'Timely sync <sync@contoso.example>' };
    await sendEmail(server, ['it-lead@contoso.example'], { ...message, title: 'Zoë <b>waits</b>' });
    const list = await world.request(`${url}/?to=it-lead@contoso.example`);
    expect(list.text).toContain('Zoë &lt;b&gt;waits&lt;/b&gt;');
    expect((await world.request(`${url}/?to=other@contoso.example`)).text).toContain(
      'There is no message yet.',
    );
    const { text } = await world.request(`${url}/messages/1`);
    expect(text).toContain(`<a href="${message.link?.url}"`);
  }));

test.each([
  ['teams', teamsMessage(message)],
  ['slack', slackMessage(message)],
])('shows a card of %s with its links', (path, body) =>
  withWorld({ mailbox: true }, async (world) => {
    const { url } = mailboxOf(world);
    expect((await world.request(`${url}/${path}`, { method: 'POST', body })).status).toBe(200);
    const { text } = await world.request(`${url}/messages/1`);
    expect(text).toContain(`<h1>${message.title}</h1>`);
    expect(text).toContain(message.lines[0]);
    expect(text).toContain(`<a href="${message.link?.url}">${message.link?.title.replace("'", '&#39;')}</a>`);
  }),
);

test('keeps messages and its address over a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'mailbox-test-'));
  try {
    let before = '';
    await withWorld({ dataDir, mailbox: true, mailboxPort: await stayingPort() }, async (world) => {
      before = mailboxOf(world).url;
      await world.request(`${before}/slack`, { method: 'POST', body: slackMessage(message) });
    });
    await withWorld({ dataDir, mailbox: true }, async (world) => {
      expect(mailboxOf(world).url).toBe(before);
      expect((await world.request(before)).text).toContain(message.title);
    });
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

test('answers 404 for a message that is not there', () =>
  withWorld({ mailbox: true }, async (world) => {
    expect((await world.request(`${mailboxOf(world).url}/messages/7`)).status).toBe(404);
  }));
