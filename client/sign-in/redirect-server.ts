/** The loopback redirect (RFC 8252, section 7.3): a small server that Timely sends the browser back to. */
import { type ServerType, serve } from '@hono/node-server';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { CommandError, exitCodes, sentenceOf, usageError } from '../exit-codes.ts';
import type { CodeReceiver } from './code-receiver.ts';
import { codeIn } from './redirect-answer.ts';

const hostname = '127.0.0.1';
const waitMs = 10 * 60_000;
const lastAnswerMs = 1_000;

/**
 * Starts the server for the sign-in with this `state`; port 0 takes a free one. Answers that belong to another sign-in
 * are turned away, and the wait goes on.
 * @throws CommandError (2) when the port is taken
 */
export async function startRedirectServer(port: number, state: string): Promise<CodeReceiver> {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('connection', 'close');
  });
  const answered = new Promise<string>((resolve, reject) => {
    setTimeout(() => reject(nobodyCame()), waitMs).unref();
    app.get('/callback', (context) => {
      const parameters = new URL(context.req.url).searchParams;
      if (parameters.get('state') !== state) return context.html(page(strayAnswer), 400);
      try {
        resolve(codeIn(parameters, state));
        return context.html(page(goodAnswer));
      } catch (error) {
        reject(error);
        return context.html(page(sentenceOf(error)), 400);
      }
    });
  });
  // A refusal is for whoever asks for the code; nobody does any more once another step has failed.
  answered.catch(() => undefined);
  const { server, taken } = await listen(app, port);
  return {
    redirectUri: `http://${hostname}:${taken}/callback`,
    code: () => answered,
    close: () => closeServer(server),
  };
}

const goodAnswer = 'Timely has answered. The terminal tells how it went; this page may be closed.';
const strayAnswer = 'This answer belongs to another sign-in. Open the address that the terminal shows.';

const page = (text: string) =>
  html`<!doctype html><html lang="en"><title>timely-sync</title><body><p>${text}</p></body></html>`;

const nobodyCame = () =>
  new CommandError(
    exitCodes.failed,
    `Nobody signed in within ${waitMs / 60_000} minutes. Where the browser cannot reach this machine, use --paste.`,
  );

function listen(app: Hono, port: number): Promise<{ server: ServerType; taken: number }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname, port }, (address) =>
      resolve({ server, taken: address.port }),
    );
    server.on('error', (error) => {
      const what = `Port ${port} of this machine cannot be used (${sentenceOf(error)})`;
      reject(usageError(`${what}: choose another with --port, one that the application in Timely knows.`));
    });
  });
}

/** Lets the page go out first; browsers hold further connections open, and those are cut. */
function closeServer(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), lastAnswerMs).unref();
  });
}
