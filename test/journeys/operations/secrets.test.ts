/** No secret leaves the worker, in good cycles and bad ones: the test searches all that it writes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { commandsFor } from '../../support/commands.ts';
import { type Catcher, startCatcher, trustCatcher } from '../../support/message-catcher.ts';
import { startWorld, until, type World } from '../../support/world.ts';

const mailPassword = 'marked-mail-password-7391';
const hookPath = 'marked-hook-path-5527';
const hookKey = 'marked-hook-key-8816';

let catcher: Catcher;
let world: World;
/** The worker's standard output and error. */
let written = '';
let port = 0;

beforeAll(async () => {
  catcher = await startCatcher();
  const notify = `
notify:
  - {teams: env:OPS_TEAMS}
  - {webhook: env:OPS_HOOK, key: env:OPS_KEY}
  - {email: [it@contoso.example]}
`;
  world = await startWorld({ editFile: (text) => text + notify });
  await trustCatcher(world, catcher);
  // Error responses repeat the request, as those of careless services do.
  catcher.answer(
    `/${hookPath}/ops`,
    () => new Response(`<html>${hookPath} ${hookKey}</html>`, { status: 400 }),
  );
  Object.assign(world.variables, {
    OPS_TEAMS: `${catcher.url}/${hookPath}/teams`,
    OPS_HOOK: `${catcher.url}/${hookPath}/ops`,
    OPS_KEY: hookKey,
    // No server listens on this port, so each mail fails.
    TIMELY_SYNC_SMTP_URL: `smtp://sync:${mailPassword}@127.0.0.1:9`,
    TIMELY_SYNC_SMTP_FROM: 'sync@contoso.example',
    TIMELY_SYNC_LOG_LEVEL: 'trace',
  });
  await startListenedWorker();
});
afterAll(async () => {
  await world.close();
  await catcher.close();
});

async function startListenedWorker(): Promise<void> {
  await world.startWorker((line) => {
    written += `${line}\n`;
  });
  // Its log and what it prints come by two streams.
  port = await until('its port', async () => Number(/"port":(\d+)/.exec(written)?.[1]) || null);
}

/** Returns the output and errors of commands about an unhealthy tenant. */
async function outputs(): Promise<string> {
  const { tenant, file } = world;
  const commands = commandsFor(world);
  const texts: string[] = [];
  for (const words of [
    ['status', tenant],
    ['check', file],
    ['preview', file],
    ['approvals', 'list', tenant],
    ['history', tenant],
    ['why', tenant, 'ada@contoso.example'],
    ['connect', tenant, '--paste'],
  ]) {
    const { out, err } = await commands.run(...words);
    texts.push(out, err);
  }
  commands.release();
  return texts.join('\n');
}

/** Returns the worker's secrets, and the tokens that both sides have issued. */
function secrets(): string[] {
  const { credentials, timely } = world.sandbox;
  const { pairs } = timely.state.oauth.save();
  return [
    credentials.clientSecret,
    credentials.applicationSecret,
    credentials.refreshToken,
    ...pairs.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]),
    mailPassword,
    hookPath,
    hookKey,
    String(world.variables.TIMELY_SYNC_KEY),
    new URL(world.databaseUrl).password,
  ];
}

async function storeDump(): Promise<string> {
  const store = new Client({ connectionString: world.databaseUrl });
  await store.connect();
  const { rows } = await store.query<{ name: string }>(
    "select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema')",
  );
  const texts: string[] = [];
  for (const { name } of rows) {
    const found = await store.query<{ row: string; bytes: string }>(
      `select t::text as row, coalesce((select string_agg(encode(decode(substr(value, 3), 'hex'), 'escape'), ' ') from jsonb_each_text(to_jsonb(t)) where value ~ '^\\\\x([0-9a-f]{2})*$'), '') as bytes from ${name} t`,
    );
    texts.push(name, ...found.rows.flatMap(({ row, bytes }) => [row, bytes]));
  }
  await store.end();
  return texts.join('\n');
}

/** Returns all events of all workflows of the tenant, with decoded payloads. */
async function histories(): Promise<{ text: string; types: Set<string> }> {
  const texts: string[] = [];
  const types = new Set<string>();
  const list = world.client.workflow.list({ query: `TaskQueue = '${world.taskQueue}'` });
  for await (const { workflowId, runId, type, memo } of list) {
    types.add(type);
    const history = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
    texts.push(
      JSON.stringify([workflowId, memo, history], (_key, value: unknown) =>
        value instanceof Uint8Array || (Object(value) as { type?: string }).type === 'Buffer'
          ? Buffer.from((Object(value) as { data?: number[] }).data ?? (value as Uint8Array)).toString('utf8')
          : value,
      ),
    );
  }
  return { text: texts.join('\n'), types };
}

test('output, store, histories, metrics and commands hold no secret after good and bad cycles', async () => {
  const { microsoft, timely } = world.sandbox;
  await world.start();
  const troubled = async (set: () => void, health: string) => {
    set();
    await world.cycle({ full: true });
    expect((await world.status()).health).toBe(health);
    microsoft.faults.clear();
    timely.faults.clear();
  };
  const signInRefused = () => {
    microsoft.faults.set('signInRefused', { code: 7_000_222 });
    // The worker's current token is valid for an hour.
    microsoft.faults.set('tokenExpired', { operation: 'users.delta', attempt: 1 });
  };
  await troubled(signInRefused, 'needs-consent');
  await world.cycle({ full: true });
  await troubled(() => timely.state.oauth.revokeAll(), 'needs-connect');

  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const health = await (await fetch(`http://127.0.0.1:${port}/healthz`)).text();
  const commands = await outputs();
  const { text, types } = await histories();
  const dump = await storeDump();

  // Each place has its usual content, so the search could find a secret.
  expect(catcher.posts.length).toBeGreaterThan(0);
  expect([...types]).toEqual(
    expect.arrayContaining(['tenantSync', 'applyPlan', 'approval', 'notifyChannel']),
  );
  expect(text).toContain(world.tenant);
  expect(dump).toContain('oauth_tokens');
  expect(dump).toContain(world.tenant);
  expect(metrics).toContain('timely_sync_timely_requests_total');
  expect(written).toContain('worker polls');
  expect(commands).toContain('needs-connect');
  expect(commands).toContain('sign-in');
  const places = { written, metrics, health, commands, histories: text, dump };
  for (const [place, content] of Object.entries(places)) {
    const found = secrets().filter((secret) => content.includes(secret));
    expect([place, found.length]).toEqual([place, 0]);
    expect([place, /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/.test(content)]).toEqual([place, false]);
  }
});
