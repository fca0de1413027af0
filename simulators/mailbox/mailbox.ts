/**
 * The sandbox's mailbox: a mail server and webhooks of Teams and Slack in front, a page with all messages behind. With it,
 * a person follows the link of a message as its receiver does.
 */
import { Hono } from 'hono';
import { z } from 'zod';
import type { Certificate } from '../certificate.ts';
import { type HttpsEnvironment, serveHttps } from '../https-server.ts';
import { readSaved, SavedState } from '../saved-state.ts';
import { slackCard, teamsCard } from './cards.ts';
import { startMailServer } from './mail-server.ts';
import { channels, Messages, type NewMessage } from './messages.ts';
import { listOfMessages, messagePage, noSuchMessage } from './pages.ts';

export interface Mailbox {
  /** Address of the page. */
  url: string;
  /** Addresses of the webhooks. */
  teamsUrl: string;
  slackUrl: string;
  /** Of the mail server. */
  smtpUrl: string;
  messages: Messages;
  close(): Promise<void>;
}

/** Returns the page and the webhooks as a web application. */
function mailboxApp(messages: Messages): Hono<HttpsEnvironment> {
  const app = new Hono<HttpsEnvironment>();
  app.get('/', (context) => {
    const to = context.req.query('to') ?? '';
    return context.html(listOfMessages(messages.all(to), to));
  });
  app.get('/messages/:number', (context) => {
    const message = messages.message(Number(context.req.param('number')));
    return message ? context.html(messagePage(message)) : context.html(noSuchMessage(), 404);
  });
  const receive = (path: string, messageIn: (body: unknown) => NewMessage) =>
    app.post(path, async (context) => {
      messages.add(messageIn(await context.req.json()));
      return context.text('ok');
    });
  receive('/teams', teamsCard);
  receive('/slack', slackCard);
  return app;
}

interface MailboxOptions {
  certificate: Certificate;
  /** The first free one serves the page; 0: any. */
  ports: number[];
  clock: () => Date;
  /** Keeps the messages over restarts. Absent: memory only. */
  file?: string;
}

/** Starts the mail server, the webhooks and the page. */
export async function startMailbox({ certificate, ports, clock, file }: MailboxOptions): Promise<Mailbox> {
  const saved = savedMessages.safeParse(file === undefined ? [] : readSaved(file)).data ?? [];
  const store = file === undefined ? null : new SavedState(file, () => messages.save());
  const messages = new Messages(saved, clock, () => store?.changed());
  const server = await serveHttps(mailboxApp(messages), certificate, ports);
  const mail = await startMailServer(messages);
  const { url } = server;
  return {
    ...{ url, teamsUrl: `${url}/teams`, slackUrl: `${url}/slack`, smtpUrl: mail.url, messages },
    close: async () => {
      await Promise.all([server.close(), mail.close()]);
      store?.save();
    },
  };
}

const savedMessages = z.array(
  z.object({
    number: z.int(),
    at: z.string(),
    channel: z.enum(channels),
    to: z.array(z.string()),
    title: z.string(),
    text: z.string(),
    links: z.array(z.object({ title: z.string(), url: z.string() })),
  }),
);
