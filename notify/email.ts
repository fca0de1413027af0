/** E-mail over SMTP, as plain text. */
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { ConfigurationError, TransientError } from '../domain/errors.ts';
import { unlessCancelled } from '../http/work-scope.ts';
import type { Message } from './message.ts';

export interface MailServer {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  url: string;
  from: string;
}

const timeoutMs = 10_000;

/**
 * Sends one e-mail to all the addresses.
 * @throws TransientError when the server is unreachable or asks to retry later; ConfigurationError when it refuses
 */
export async function sendEmail(server: MailServer | null, to: string[], message: Message): Promise<void> {
  if (server === null) {
    throw new ConfigurationError('The workers have no mail server.', {
      remedy: 'Set TIMELY_SYNC_SMTP_URL and TIMELY_SYNC_SMTP_FROM for them.',
    });
  }
  const transport = createTransport({
    url: server.url,
    // A password is sent over an encrypted connection or not at all.
    requireTLS: new URL(server.url).username !== '',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const sent = transport.sendMail({ from: server.from, to, ...mailFor(message) });
    const { rejected } = await unlessCancelled(sent);
    if (rejected.length === 0) return;
  } catch (error) {
    throw refusal(error);
  } finally {
    transport.close();
  }
  throw new ConfigurationError('The mail server refused some of the addresses; the others got the message.');
}

/** Subject and text. The id is the same when a message is sent again, so that mail programs show it once. */
export function mailFor({ id, title, lines, items, commands, link }: Message) {
  const blocks = [
    lines.join('\n'),
    ...items.map((item) =>
      [item.title, ...item.lines.map((line) => `  ${unlinked(line)}`), ...urlLine(item.link)].join('\n'),
    ),
    commands.map(({ for: what, type }) => `${what}:\n    ${type}`).join('\n'),
    ...urlLine(link),
  ];
  return {
    subject: title,
    text: `${blocks.filter((block) => block !== '').join('\n\n')}\n`,
    messageId: `<${id}@timely-sync>`,
    // Asks mail programs not to send an out-of-office reply (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/**
 * Mail programs make links of addresses in any text, also of `evil.example/x`: a name must not put one beside our own. E-mail
 * addresses stay as they are.
 */
const unlinked = (line: string) =>
  line.replace(/[^\s,;()<>[\]"']+/g, (word) =>
    /^[^@/]+@[^@/]+$/.test(word) ? word : word.replace(/:(?=\/\/)|\.(?=\p{L})/gu, '$& '),
  );
const urlLine = (link: Message['link']) => (link === null ? [] : [`${link.title}: ${link.url}`]);

const smtpFailure = z.object({
  code: z.string().regex(/^\w+$/).optional().catch(undefined),
  responseCode: z.number().optional().catch(undefined),
});

/** The server's own text is left out: it may repeat addresses and names of machines. */
function refusal(error: unknown): Error {
  const { code, responseCode } = smtpFailure.catch({ code: undefined, responseCode: undefined }).parse(error);
  const why = [code, responseCode].filter((part) => part !== undefined).join(' ');
  const final = (responseCode !== undefined && responseCode >= 500) || code === 'EAUTH' || code === 'ENOAUTH';
  if (!final) return new TransientError(`The mail server cannot be reached or asks to wait (${why}).`);
  return new ConfigurationError(`The mail server refused a message (${why}).`, {
    remedy:
      'Check that TIMELY_SYNC_SMTP_URL signs in and may send from TIMELY_SYNC_SMTP_FROM, and that the addresses exist.',
  });
}
