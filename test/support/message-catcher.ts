/** Receivers of notifications in tests: an HTTPS server for webhooks, and a mail server. Both record what arrives. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { SMTPServer } from 'smtp-server';
import { makeCertificate } from '../../simulators/certificate.ts';
import { type HttpsEnvironment, serveHttps } from '../../simulators/https-server.ts';
import type { World } from './world.ts';

export interface CaughtPost {
  path: string;
  headers: Headers;
  /** The raw body, for the signature. */
  text: string;
  at: number;
}

export type Catcher = Awaited<ReturnType<typeof startCatcher>>;

/** Starts a receiver that responds with 200 at once, unless `answer` sets a response for a path. */
export async function startCatcher() {
  const posts: CaughtPost[] = [];
  const answers = new Map<string, () => Response | Promise<Response>>();
  const certificate = await makeCertificate();
  const app = new Hono<HttpsEnvironment>();
  app.post('*', async ({ req }) => {
    posts.push({ path: req.path, headers: req.raw.headers, text: await req.text(), at: Date.now() });
    return (await answers.get(req.path)?.()) ?? new Response('ok');
  });
  const server = await serveHttps(app, certificate, [0]);
  return {
    url: server.url,
    /** PEM of its authority. */
    ca: certificate.ca,
    posts,
    /** Returns the bodies posted to a path, as JSON. */
    bodies: (path: string) =>
      posts.filter((post) => post.path === path).map(({ text }): unknown => JSON.parse(text)),
    answer(path: string, with_: () => Response | Promise<Response>) {
      answers.set(path, with_);
    },
    close: () => server.close(),
  };
}

/** Makes workers that start later trust a catcher beside the sandbox. */
export async function trustCatcher({ variables, folder }: World, { ca }: Pick<Catcher, 'ca'>): Promise<void> {
  const file = join(folder, 'trusted.pem');
  await writeFile(file, `${await readFile(variables.NODE_EXTRA_CA_CERTS ?? '', 'utf8')}\n${ca}`);
  variables.NODE_EXTRA_CA_CERTS = file;
}

export interface CaughtMail {
  from: string;
  to: string[];
  /** Headers and body as received. */
  text: string;
}

/** Starts a mail server. `refuse` holds the addresses that it refuses, with the response for each. */
export async function startMailCatcher({ refuse = {} }: { refuse?: Record<string, string> } = {}) {
  const mails: CaughtMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onRcptTo({ address }, _session, done) {
      const answer = refuse[address];
      if (answer === undefined) return done();
      done(Object.assign(new Error(answer), { responseCode: Number(answer.slice(0, 3)) }));
    },
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push({ from, to, text: Buffer.concat(chunks).toString('utf8') });
        done();
      });
    },
  });
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      const address = listening.address();
      resolve(address && typeof address === 'object' ? address.port : 0);
    });
  });
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
