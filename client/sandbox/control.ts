/** The way to the running sandbox: its addresses, and orders to its simulators. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { CommandError, exitCodes, sentenceOf } from '../exit-codes.ts';
import { type DirectoryName, directoryNames, type SimulatorName } from './edits.ts';

const answerWithinMs = 10_000;

const addresses = z.object({
  microsoft: z.url(),
  okta: z.url(),
  sap: z.url(),
  timely: z.url(),
  caFile: z.string(),
  directory: z.enum(directoryNames),
});
const refusal = z.object({ error: z.string() });

/** What an administrator of the simulated directories would paste. These secrets open nothing real. */
const access = z.object({
  oktaDomain: z.string(),
  sapHost: z.string(),
  sapClientId: z.string(),
  sapSecret: z.string(),
});

/** The running sandbox. */
export interface SandboxControl {
  /** The simulator that is the tenant's directory. */
  directory: DirectoryName;
  /** @throws ZodError for a sandbox that did not say it */
  access(): z.infer<typeof access>;
  /** Gives an order (`leave`, `faults`, …) and returns the answer. */
  order(simulator: SimulatorName, action: string, body: unknown): Promise<unknown>;
  /** Reads what a simulator shows of itself. */
  state(simulator: SimulatorName): Promise<unknown>;
}

/**
 * Finds the sandbox that keeps its data below `dataFolder`.
 * @throws CommandError (1) when none was ever started there; its calls throw 1 as well, or 2 for an order that makes no
 * sense
 */
export async function openSandbox(dataFolder: string): Promise<SandboxControl> {
  const fileName = join(dataFolder, 'sandbox', 'sandbox.json');
  const found = await readFile(fileName, 'utf8').catch((error: unknown) => {
    throw notRunning(`no sandbox was started with --data ${dataFolder}`, error);
  });
  const told: unknown = JSON.parse(found);
  const { caFile, directory, ...origins } = addresses.parse(told);
  const ca = await readFile(caFile);
  const call = (simulator: SimulatorName, method: 'GET' | 'POST', path: string, body?: unknown) =>
    send(new URL(`/_control/${path}`, origins[simulator]), method, ca, body);
  return {
    directory,
    access: () => access.parse(told),
    order: (simulator, action, body) => call(simulator, 'POST', action, body),
    state: (simulator) => call(simulator, 'GET', 'state'),
  };
}

async function send(url: URL, method: 'GET' | 'POST', ca: Buffer, body?: unknown): Promise<unknown> {
  const { status, answer } = await exchange(url, method, ca, body).catch((error: unknown) => {
    throw notRunning(`nothing answers at ${url.origin}`, error);
  });
  if (status === 200) return JSON.parse(answer);
  const { data } = refusal.safeParse(status === 400 ? JSON.parse(answer) : null);
  if (data) throw new CommandError(exitCodes.wrongUse, data.error);
  throw new CommandError(exitCodes.failed, `The sandbox answered ${status} to ${method} ${url.pathname}.`);
}

function exchange(url: URL, method: 'GET' | 'POST', ca: Buffer, body: unknown) {
  return new Promise<{ status: number; answer: string }>((resolve, reject) => {
    const options = { method, ca, timeout: answerWithinMs, headers: { 'content-type': 'application/json' } };
    const sent = request(url, options, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, answer }), reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function notRunning(what: string, cause: unknown): CommandError {
  const message = `The sandbox does not run (${what}): \`timely-sync up --sandbox\` starts it.`;
  return new CommandError(exitCodes.failed, message, sentenceOf(cause));
}
