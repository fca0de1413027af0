/** Sign-in to Timely, and a tenant that lost it. One running tenant. */
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exitCodes } from '../../../client/exit-codes.ts';
import { run } from '../../../client/program.ts';
import { startWorld, testTemporal, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  // No user has signed in, so there is no refresh token.
  world = await startWorld({ editFile: (text) => text.replace(/^ {2}initialRefreshToken: .*\n/m, '') });
  await world.startWorker();
  process.env.TEMPORAL_ADDRESS = testTemporal();
  process.env.TIMELY_SYNC_TASK_QUEUE = world.taskQueue;
}, 60_000);
afterAll(async () => {
  delete process.env.TIMELY_SYNC_TASK_QUEUE;
  await world.close();
});

/** Runs `connect`. `browse` gets the printed address and returns the line to paste. */
async function connect(words: string[], browse: (address: string) => Promise<string | null>) {
  const written = { out: '', err: '' };
  const address = () => /^https:.*$/m.exec(written.out + written.err)?.[0] ?? null;
  let browsing: Promise<string | null> | null = null;
  const write = (stream: 'out' | 'err') => (text: string) => {
    written[stream] += text;
    const shown = address();
    if (shown) browsing ??= browse(shown);
  };
  const session = {
    out: write('out'),
    err: write('err'),
    readLine: async () => browsing,
    watcher: null,
    columns: 120,
    rows: null,
    exitCode: exitCodes.done,
  };
  const exitCode = await run(['connect', world.tenant, ...words], session);
  await browsing;
  return { exitCode, ...written };
}

/** Returns what a browser gets from the simulated Timely, whose owner signs in and consents. */
async function visit(address: string): Promise<{ location: string; body: string }> {
  return await new Promise((resolve, reject) => {
    request(address, { ca: world.sandbox.caPem }, (response) => {
      text(response).then((body) => resolve({ location: response.headers.location ?? '', body }), reject);
    })
      .on('error', reject)
      .end();
  });
}

async function signInByBrowser(address: string): Promise<null> {
  await fetch((await visit(address)).location);
  return null;
}

/** Returns the code on the page of the out-of-band redirect. */
async function codeShown(address: string): Promise<string> {
  return />([^<]+)</.exec((await visit(address)).body)?.[1] ?? '';
}

const byBrowser = () => connect(['--port', '0'], signInByBrowser);

/** Waits for the next cycle and returns its health. */
const health = async (after: number) => (await world.untilCycle(after)).health;

test('an unconnected tenant says how to connect, and is in step soon after the sign-in', async () => {
  const before = await world.start();
  expect(before).toMatchObject({
    health: 'needs-connect',
    cycleError: { remedy: expect.stringContaining(`timely-sync connect ${world.tenant}`) },
  });
  const { exitCode, out, err } = await byBrowser();
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toContain('owner@contoso.example');
  expect(await health(before.cycle)).toBe('ok');
  expect(world.present()).toContain('lena.fischer@contoso.example');
  expect(world.present().length).toBeGreaterThan(50);
}, 60_000);

test('a tenant detects a revoked sign-in, and recovers with a pasted code', async () => {
  world.sandbox.timely.state.oauth.revokeAll();
  const before = await world.cycle();
  expect(before.health).toBe('needs-connect');
  const { exitCode, out } = await connect(['--paste', '--json'], codeShown);
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toEqual({
    tenant: world.tenant,
    name: expect.any(String),
    email: 'owner@contoso.example',
    role: 'admin',
    isAdmin: true,
    loopRuns: true,
    paused: false,
  });
  expect(await health(before.cycle)).toBe('ok');
}, 60_000);

test('connect accepts a pasted address, and refuses one of another sign-in', async () => {
  const pasteAddress = (state: string) =>
    connect(['--paste'], async (address) => {
      const given = state || (new URL(address).searchParams.get('state') ?? '');
      return `urn:ietf:wg:oauth:2.0:oob?code=${await codeShown(address)}&state=${given}`;
    });
  expect((await pasteAddress('')).exitCode).toBe(0);
  expect(await pasteAddress('of-another-sign-in')).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('another sign-in'),
  });
});

test('connect refuses a foreign browser request and keeps waiting', async () => {
  const statuses: number[] = [];
  const { exitCode } = await connect(['--port', '0'], async (address) => {
    const { location } = await visit(address);
    const strange = new URL(location);
    strange.searchParams.set('state', 'of-another-sign-in');
    statuses.push((await fetch(strange)).status, (await fetch(location)).status);
    return null;
  });
  expect({ exitCode, statuses }).toEqual({ exitCode: 0, statuses: [400, 200] });
});

test('connect fails when the user refuses in the browser, and the page says so', async () => {
  const refuse = async (address: string) => {
    const { searchParams } = new URL(address);
    const state = searchParams.get('state');
    await fetch(`${searchParams.get('redirect_uri')}?error=access_denied&state=${state}`);
    return null;
  };
  const { exitCode, err } = await connect(['--port', '0'], refuse);
  expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringContaining('access_denied') });
});

test('connect changes nothing for an unknown code, and its message holds no code', async () => {
  const { exitCode, err } = await connect(['--paste'], async () => 'made-up-code');
  expect(exitCode).toBe(1);
  expect(err).toContain('does not accept the code');
  expect(err).toContain('run the command again');
  expect(err).not.toContain('made-up-code');
  expect((await world.cycle()).health).toBe('ok');
});

test('connect warns a user who is not an admin', async () => {
  const { state } = world.sandbox.timely;
  const code = state.oauth.authorize(
    'urn:ietf:wg:oauth:2.0:oob',
    state.byEmail('lena.fischer@contoso.example')?.id ?? 0,
  );
  const { exitCode, out, err } = await connect(['--paste'], async () => code);
  expect(exitCode).toBe(0);
  expect(out).toContain('connected as Lena Fischer');
  expect(err).toContain('only an Admin');
  expect((await byBrowser()).err).toBe('');
});

test('connect refuses an unknown tenant', async () => {
  const session = {
    out: () => {},
    err: () => {},
    readLine: async () => null,
    watcher: null,
    columns: 120,
    rows: null,
  };
  const exitCode = await run(['connect', 'nobody', '--paste'], { ...session, exitCode: exitCodes.done });
  expect(exitCode).toBe(2);
});
