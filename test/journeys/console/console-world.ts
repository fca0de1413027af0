/** A running tenant with the console and the mailbox, and browsers of its people. One world per file: it is dear. */
import { afterAll, beforeAll, describe } from '@jest/globals';
import getPort from 'get-port';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { findBrowser, startBrowser } from '../../support/browser.ts';
import { startWorld, until, type World, type WorldOptions } from '../../support/world.ts';
import { takesPictures } from './page-checks.ts';

/** A page of the set-up may wait ten seconds for its answer. */
const waitsMs = 45_000;

export const decider = 'amelie.roth@contoso.example';
export const secondDecider = 'oscar.nyberg@contoso.example';
export const viewer = 'karim.haddad@contoso.example';
export const stranger = 'hana.sato@contoso.example';
export const operator = 'henrik.lund@contoso.example';

export interface ConsoleWorld {
  world: World;
  /** Address of the console. */
  url: string;
  /** A browser of its own for one person: nobody is signed in there. */
  browse(options?: BrowserContextOptions): Promise<Page>;
  /** The link of the newest message to this address whose title fits. */
  linkFor(address: string, title: RegExp): Promise<string>;
  close(): Promise<void>;
}

export interface ConsoleWorldOptions extends WorldOptions {
  /** Further variables of the worker. */
  variables?: (world: World) => Promise<NodeJS.ProcessEnv>;
  /** The world's tenant is not started. */
  isUntouched?: boolean;
}

async function startConsoleWorld(
  program: string,
  { variables, isUntouched = false, ...options }: ConsoleWorldOptions,
): Promise<ConsoleWorld> {
  const [world, browser, port] = await Promise.all([
    startWorld({ mailbox: true, ...(takesPictures && { tenant: 'contoso' }), ...options }),
    startBrowser(program),
    getPort({ host: '127.0.0.1' }),
  ]);
  const url = `http://localhost:${port}`;
  Object.assign(world.variables, await consoleVariables(world, url, port), await variables?.(world));
  await world.startWorker();
  if (!isUntouched) await world.start();
  const contexts: BrowserContext[] = [];
  return {
    ...{ world, url },
    async browse(given: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext({
        ignoreHTTPSErrors: true,
        timezoneId: 'UTC',
        viewport: { width: 1100, height: 800 },
        ...given,
      });
      contexts.push(context);
      context.setDefaultTimeout(waitsMs);
      return await context.newPage();
    },
    linkFor: (address: string, title: RegExp) =>
      until(`a message to ${address}`, async () => {
        const messages = world.sandbox.mailbox?.messages.all(address) ?? [];
        const text = messages.find((message) => title.test(message.title))?.text ?? '';
        return new RegExp(`${url}\\S+`).exec(text)?.[0] ?? null;
      }),
    async close(): Promise<void> {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
      await world.close();
    },
  };
}

async function consoleVariables({ sandbox }: World, url: string, port: number): Promise<NodeJS.ProcessEnv> {
  const { credentials, mailbox, microsoft } = sandbox;
  return {
    TIMELY_SYNC_CONSOLE_URL: url,
    TIMELY_SYNC_CONSOLE_PORT: String(port),
    TIMELY_SYNC_CONSOLE_OPERATORS: operator,
    TIMELY_SYNC_CONSOLE_OPERATORS_ISSUER: `${microsoft.url}/${credentials.tenantId}/v2.0`,
    TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_ID: credentials.operatorsClientId,
    TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_SECRET: credentials.operatorsSecret,
    TIMELY_SYNC_SMTP_URL: mailbox?.smtpUrl,
    TIMELY_SYNC_SMTP_FROM: 'Timely sync <sync@contoso.example>',
  };
}

/** Adds to a tenant file who decides, who looks on, and whom messages go to. */
export const withDeciders =
  (...who: string[]) =>
  (text: string): string =>
    `${text.replace(/^approvals:\n/m, `approvals:\n  who: ${JSON.stringify(who)}\n`)}
console:
  viewers: [${viewer}]
notify:
  - email: ${JSON.stringify(who.filter((entry) => entry.includes('@')))}
`;

/** Journeys in a real browser. Without one on this machine they are skipped, and say so. */
export function inBrowser(
  title: string,
  options: ConsoleWorldOptions,
  journeys: (started: () => ConsoleWorld) => void,
): void {
  const program = findBrowser();
  if (!program) {
    const why = 'SKIPPED, no Chromium on this machine: install it, or set CHROMIUM_PATH';
    console.warn(`${title}: ${why}.`);
    describe.skip(`${title} (${why})`, () =>
      journeys(() => {
        throw new Error(why);
      }));
    return;
  }
  describe(title, () => {
    let started: ConsoleWorld;
    beforeAll(async () => {
      started = await startConsoleWorld(program, options);
    }, 120_000);
    afterAll(() => started?.close());
    journeys(() => started);
  });
}

/** Signs in at the simulated directory, as its page asks for it. */
export async function signInAs(page: Page, address: string): Promise<void> {
  await page.getByLabel('E-mail address or user name').fill(address);
  await page.getByRole('button', { name: 'Next' }).click();
}

/** Who the page says is signed in. */
export const personIn = async (page: Page): Promise<string> =>
  (await page.getByText(/^Signed in as /).textContent()) ?? '';
