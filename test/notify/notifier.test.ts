/** Each channel against a real server: what arrives, and what each response leads to. No error contains an address. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChannelAddress } from '../../domain/notifications/notification.ts';
import { messageOf } from '../../notify/message.ts';
import { createNotifier } from '../../notify/notifier.ts';
import { trust } from '../directory/entra/trust.ts';
import { type Catcher, startCatcher, startMailCatcher } from '../support/message-catcher.ts';
import { options, requests } from './samples.ts';

const message = messageOf(requests(), options);
const secretPath = '/hook/very-secret-part';
const notify = createNotifier(null);
let catcher: Catcher;

beforeAll(async () => {
  catcher = await startCatcher();
  trust(catcher.ca);
});
afterAll(() => catcher.close());

/** Sends a message, and returns the error's name, message and remedy, or null. */
async function refusalOf(address: ChannelAddress, notifier = notify): Promise<string | null> {
  return await notifier(address, message, fetch).then(
    () => null,
    (error: Error & { remedy?: string }) => `${error.name}: ${error.message} ${error.remedy ?? ''}`,
  );
}

const kinds = ['teams', 'slack', 'webhook'] as const;
const addressOf = (kind: (typeof kinds)[number], path: string): ChannelAddress =>
  kind === 'webhook'
    ? { kind, url: `${catcher.url}${path}`, key: null }
    : { kind, url: `${catcher.url}${path}` };

describe('webhooks', () => {
  test.each(kinds)('accept a message: %s', async (kind) => {
    expect(await refusalOf(addressOf(kind, `/${kind}`))).toBeNull();
    const [post] = catcher.posts.filter(({ path }) => path === `/${kind}`);
    expect(post?.headers.get('content-type')).toContain('application/json');
    expect(post?.text).toContain('timely-sync approvals show contoso/3');
  });

  test('with a key get a signed body, its time included', async () => {
    await notify({ kind: 'webhook', url: `${catcher.url}/signed`, key: 'hunter2' }, message, fetch);
    const [post] = catcher.posts.filter(({ path }) => path === '/signed');
    const expected = createHmac('sha256', 'hunter2')
      .update(post?.text ?? '')
      .digest('hex');
    expect(post?.headers.get('x-timely-sync-signature')).toBe(`sha256=${expected}`);
    const { sentAt } = JSON.parse(post?.text ?? '') as { sentAt: string };
    expect(Math.abs(Date.now() - Date.parse(sentAt))).toBeLessThan(60_000);
  });

  test.each([
    [400, 'ConfigurationError'],
    [404, 'ConfigurationError'],
    [410, 'ConfigurationError'],
    [302, 'ConfigurationError'],
    [408, 'TransientError'],
    [429, 'ThrottledError'],
    [500, 'TransientError'],
    [503, 'TransientError'],
  ])('answer %d: a %s without the address or the response', async (status, name) => {
    catcher.answer(
      secretPath,
      () => new Response('hunter2 <html>', { status, headers: { location: '/elsewhere' } }),
    );
    for (const kind of kinds) {
      const refusal = await refusalOf(addressOf(kind, secretPath));
      expect(refusal).toMatch(new RegExp(`^${name}: The .*webhook .*${status}`));
      expect(refusal).not.toMatch(/very-secret|hunter2|localhost|html/);
    }
    expect(catcher.posts.map(({ path }) => path)).not.toContain('/elsewhere');
  });

  test("show Slack's own word for a refusal", async () => {
    catcher.answer('/gone', () => new Response('no_service', { status: 404 }));
    expect(await refusalOf(addressOf('slack', '/gone'))).toContain('404 (no_service)');
  });

  test('can ask to wait', async () => {
    catcher.answer('/busy', () => new Response('', { status: 429, headers: { 'retry-after': '7' } }));
    await expect(notify(addressOf('slack', '/busy'), message, fetch)).rejects.toMatchObject({
      retryAfterMs: 7_000,
    });
  });

  test('with an endless response are read no further than needed', async () => {
    let sent = 0;
    const endless = () =>
      new ReadableStream({
        pull(controller) {
          sent += 1_024;
          controller.enqueue(new Uint8Array(1_024).fill(97));
        },
      });
    catcher.answer('/endless', () => new Response(endless()));
    expect(await refusalOf(addressOf('webhook', '/endless'))).toBeNull();
    expect(sent).toBeLessThan(10_000_000);
  });

  test('that cannot be reached are worth a retry, and the address stays secret', async () => {
    const gone = await startCatcher();
    await gone.close();
    const refusal = await refusalOf({ kind: 'teams', url: `${gone.url}${secretPath}` });
    expect(refusal).toMatch(/^TransientError: The Teams webhook cannot be reached \(\w+\)/);
    expect(refusal).not.toMatch(/very-secret|localhost/);
  });
});

describe('e-mail', () => {
  const to = ['it@contoso.example', 'lead@contoso.example'];
  const notifier = (url: string) => createNotifier({ url, from: 'Timely sync <sync@contoso.example>' });

  test('sends one message to all addresses of the line, as text', async () => {
    const server = await startMailCatcher();
    expect(await refusalOf({ kind: 'email', to }, notifier(server.url))).toBeNull();
    await server.close();
    expect(server.mails).toHaveLength(1);
    expect(server.mails[0]).toMatchObject({ from: 'sync@contoso.example', to });
    const text = server.mails[0]?.text ?? '';
    expect(text).toContain('Subject: Timely sync of contoso: request contoso/3 for approval');
    expect(text).toContain(`Message-ID: <${message.id}@timely-sync>`);
    expect(text).toContain('Auto-Submitted: auto-generated');
  });

  test('names the variables to set when there is no mail server', async () => {
    expect(await refusalOf({ kind: 'email', to })).toMatch(
      /^ConfigurationError: The workers have no mail server\. Set TIMELY_SYNC_SMTP_URL/,
    );
  });

  test('reports an address that is refused for good, and the others get the message', async () => {
    const server = await startMailCatcher({ refuse: { 'lead@contoso.example': '550 no such user hunter2' } });
    const refusal = await refusalOf({ kind: 'email', to }, notifier(server.url));
    expect(refusal).toMatch(/^ConfigurationError: The mail server refused some of the addresses/);
    expect(server.mails.map((mail) => mail.to)).toEqual([['it@contoso.example']]);
    const all = await refusalOf({ kind: 'email', to: ['lead@contoso.example'] }, notifier(server.url));
    expect(all).toMatch(/^ConfigurationError: The mail server refused a message \(EENVELOPE 550\)/);
    expect(all).not.toContain('hunter2');
    await server.close();
  });

  test('is worth a retry when the server says so or cannot be reached', async () => {
    const server = await startMailCatcher({ refuse: { 'it@contoso.example': '450 try later' } });
    expect(await refusalOf({ kind: 'email', to: ['it@contoso.example'] }, notifier(server.url))).toMatch(
      /^TransientError: .*450/,
    );
    await server.close();
    expect(await refusalOf({ kind: 'email', to }, notifier(server.url))).toMatch(
      /^TransientError: The mail server/,
    );
  });

  test('sends no password without encryption', async () => {
    const received: string[] = [];
    const plain = createServer((socket) => {
      socket.write('220 mail.example ESMTP\r\n');
      socket.on('data', (data) => {
        received.push(data.toString());
        socket.write(
          /^EHLO/i.test(data.toString()) ? '250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n' : '502 no\r\n',
        );
      });
      socket.on('error', () => undefined);
    });
    const port = await new Promise<number>((resolve) => {
      plain.listen(0, '127.0.0.1', () => {
        const address = plain.address();
        resolve(address && typeof address === 'object' ? address.port : 0);
      });
    });
    const refusal = await refusalOf({ kind: 'email', to }, notifier(`smtp://sync:hunter2@127.0.0.1:${port}`));
    plain.close();
    expect(refusal).toMatch(/^(TransientError|ConfigurationError): The mail server/);
    expect(refusal).not.toContain('hunter2');
    expect(received.join('')).not.toContain('AUTH');
  });
});
