/**
 * Two customers on one worker. A search makes many files of the one, with any references and endpoints, and looks
 * at all that its servers get and its people see: nothing of the other customer, nothing of the worker.
 */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCheckActivities } from '../../../activities/check/check.ts';
import { createQueryActivities } from '../../../activities/query/queries.ts';
import { createServices, type Services } from '../../../activities/services.ts';
import { channelsOf } from '../../../config/channels.ts';
import { parseTenantFile, type TenantFile, validateTenantFile } from '../../../config/tenant-file.ts';
import { SyncError } from '../../../domain/errors.ts';
import { noMeter } from '../../../domain/meter.ts';
import { guardedFetch } from '../../../http/guarded-fetch.ts';
import { messageOf } from '../../../notify/message.ts';
import { createNotifier } from '../../../notify/notifier.ts';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { type PolicyVariables, policyOf } from '../../config/policy.ts';
import { trust } from '../../directory/entra/trust.ts';
import { options, requests } from '../../notify/samples.ts';
import { openTestStore } from '../../support/database.ts';
import { type Attacker, startAttacker } from './attacker-server.ts';

const seed = 20_261_129;
/** Putting a file in force costs more than a check, so only some are. */
const startEvery = 3;
const contosoFile = join(import.meta.dirname, '..', '..', '..', 'tenants', 'contoso.yaml');

let folder: string;
let store: Awaited<ReturnType<typeof openTestStore>>;
let contoso: Sandbox;
let attacker: Attacker;
let base: TenantFile;
let secrets: Record<string, string>;

const place = (url: string) => new URL(url).host;

/** A worker with the customers contoso and evil; `lists` replaces its lists. */
function servicesWith(lists: PolicyVariables): Services {
  const own = {
    TENANT_CONTOSO_MICROSOFT: contoso.microsoft.url,
    TENANT_CONTOSO_TIMELY: contoso.timely.url,
    TENANT_EVIL_ID: 'own-id-of-evil',
    TENANT_EVIL_SECRET: 'own-secret-of-evil',
    TENANT_EVIL_HOST: attacker.url,
  };
  const policy = policyOf({ TIMELY_SYNC_SECRETS_DIR: folder, ...lists }, { ...own, ...secrets });
  return createServices(store.database, Buffer.alloc(32, 7), policy, () => noMeter, null);
}

/**
 * As an operator sets it up who knows that evil has servers of its own. The sandbox stands for the vendors, whose hosts all
 * tenants may reach.
 */
const strict = (): PolicyVariables => ({
  TIMELY_SYNC_SHARED_REFERENCES: 'env:TIMELY_CLIENT_ID,env:TIMELY_CLIENT_SECRET',
  TIMELY_SYNC_ALLOWED_HOSTS: [
    ...[contoso.microsoft.url, contoso.timely.url].map(place),
    ...[attacker.url, attacker.rawUrl].flatMap((url) => [
      `${place(url)}@evil`,
      `${place(url).replace('localhost', '127.0.0.1')}@evil`,
    ]),
  ].join(','),
});

/** Files of the attacker: any reference in any place, any endpoint, under its own name and those of others. */
function hostileFiles(): fc.Arbitrary<TenantFile> {
  const variables = Object.keys(secrets).map((name) => `env:${name}`);
  const files = [
    'contoso/secret',
    'shared/secret',
    'evil/secret',
    'evil/link',
    'evil/process',
    'evil/../contoso/secret',
  ];
  const paths = [
    ...files.map((file) => `file:${folder}/${file}`),
    'file:/proc/self/environ',
    'file:/etc/passwd',
    'env:timely_sync_key',
  ];
  const hostile = fc.constantFrom(...variables, ...paths);
  // Half of the time what is right there, because a file is refused at the first part that is not allowed.
  const reference = fc.option(hostile, { nil: undefined });
  const ofRaw = attacker.rawUrl;
  const endpoint = fc.oneof(
    fc.constant(attacker.url),
    fc.constantFrom(
      ...[ofRaw, attacker.url.replace('localhost', '127.0.0.1'), ofRaw.replace('localhost', '2130706433')],
      ...['TENANT_EVIL_HOST', 'TENANT_CONTOSO_TIMELY', 'DATABASE_URL'].map((name) => `env:${name}`),
      ...[contoso.microsoft.url, contoso.timely.url, 'https://169.254.169.254', 'https://10.0.0.1'],
    ),
  );
  const line = fc.oneof(
    fc.record({ webhook: endpoint, key: hostile }),
    hostile.map((slack) => ({ slack })),
    hostile.map((teams) => ({ teams })),
  );
  return fc
    .record({
      tenant: fc.oneof(
        fc.constant('evil'),
        fc.constantFrom('contoso', 'contoso-labs', 'con', 'shared', 'evil-contoso'),
      ),
      kind: fc.oneof(
        fc.constant('secret'),
        fc.constantFrom('certificate', 'federatedToken', 'managedIdentity'),
      ),
      ...{ credential: reference, clientId: reference, clientSecret: reference },
      initialRefreshToken: reference,
      ...{ login: endpoint, graph: endpoint, timely: endpoint },
      notify: fc.array(line, { maxLength: 2 }),
    })
    .map(({ tenant, kind, credential, ...rest }) => {
      const right = tenant === 'contoso' ? ownOfContoso : ownOfEvil;
      const { clientId = right.id, clientSecret = right.secret, initialRefreshToken = right.token } = rest;
      const named = credential ?? (kind === 'federatedToken' ? `file:${folder}/evil/secret` : right.entra);
      // The schema takes no variable for a token.
      const token = kind === 'federatedToken' && named.startsWith('env:') ? 'file:/etc/passwd' : named;
      return validateTenantFile({
        ...base,
        tenant,
        source: {
          ...base.source,
          credential: { [kind]: kind === 'managedIdentity' ? 'an-identity' : token },
          endpoints: { login: rest.login, graph: rest.graph },
        },
        target: {
          ...base.target,
          ...{ application: { clientId, clientSecret }, initialRefreshToken, endpoint: rest.timely },
        },
        notify: rest.notify,
      });
    });
}

const ownOfContoso = {
  entra: 'env:TENANT_CONTOSO_ENTRA_SECRET',
  id: 'env:TIMELY_CLIENT_ID',
  secret: 'env:TIMELY_CLIENT_SECRET',
  token: 'env:TENANT_CONTOSO_REFRESH_TOKEN',
};
const ownOfEvil = {
  entra: 'env:TENANT_EVIL_SECRET',
  id: 'env:TENANT_EVIL_ID',
  secret: 'env:TENANT_EVIL_SECRET',
  token: 'env:TENANT_EVIL_SECRET',
};

/** Does with a file what a customer can have done with it. Returns all that is shown then. */
async function attempt(services: Services, file: TenantFile, withStart = false): Promise<string> {
  const { tenant } = file;
  const shown = [JSON.stringify(await createCheckActivities(services).check({ about: 'check', file }))];
  const keep = async (work: () => Promise<unknown>) => {
    shown.push(
      await work().then(
        (value) => JSON.stringify(value) ?? '',
        (error: unknown) => {
          if (error instanceof SyncError) return `${error.message} ${error.remedy}`;
          throw error;
        },
      ),
    );
  };
  const message = messageOf(requests(), options);
  for (const channel of channelsOf(file)) {
    await keep(async () => {
      const access = await services.access(tenant);
      await createNotifier(null)(await channel.address(access), message, guardedFetch(access.webhooks));
    });
  }
  if (tenant === 'contoso' || !withStart) return shown.join('\n');
  await storeConfiguration(store.database, tenant, file);
  const redirect = { redirectUri: 'http://localhost:1/', state: 's', codeChallenge: 'c' };
  const { runQuery } = createQueryActivities(services);
  await keep(() => runQuery({ about: 'signInAddress', tenant, ...redirect }));
  return shown.join('\n');
}

/** The secrets in a text, plain or in base64, whatever stands before them there. */
function secretsIn(text: string): string[] {
  const all = [
    ...Object.entries(secrets),
    ...['contoso', 'shared'].map((name) => [name, `marked-file-of-${name}`]),
  ];
  return all.flatMap(([name = '', secret = '']) => {
    const encoded = [0, 1, 2].map((before) =>
      Buffer.from(`${' '.repeat(before)}${secret}`)
        .toString('base64')
        .slice(before + 1, -4),
    );
    return [secret, encodeURIComponent(secret), ...encoded].some((form) => text.includes(form)) ? [name] : [];
  });
}

/** Declares the tests, with a search of that many files. */
export function testTwoCustomers(combinations: number): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'timely-sync-customers-'));
    [store, contoso] = await Promise.all([
      openTestStore(),
      startSandbox({ dataDir: join(folder, 'sandbox') }),
    ]);
    attacker = await startAttacker(contoso.timely.url);
    trust(`${contoso.caPem}`);
    trust(attacker.ca);
    base = parseTenantFile(await readFile(contosoFile, 'utf8'), contosoFile);
    for (const each of ['contoso', 'evil', 'shared']) {
      await mkdir(join(folder, each));
      await writeFile(join(folder, each, 'secret'), `marked-file-of-${each}`);
    }
    await symlink(join(folder, 'contoso', 'secret'), join(folder, 'evil', 'link'));
    await symlink('/proc/self/environ', join(folder, 'evil', 'process'));
    const { credentials } = contoso;
    secrets = {
      TENANT_CONTOSO_ENTRA_SECRET: credentials.clientSecret,
      TENANT_CONTOSO_REFRESH_TOKEN: credentials.refreshToken,
      TENANT_CONTOSO_LABS_KEY: 'marked-key-of-labs',
      TIMELY_CLIENT_ID: credentials.applicationId,
      TIMELY_CLIENT_SECRET: credentials.applicationSecret,
      DATABASE_URL: 'postgres://sync:marked-password@db/sync',
      TIMELY_SYNC_KEY: 'marked-key-of-the-worker',
      TIMELY_SYNC_KEY_PREVIOUS: 'marked-older-key-of-the-worker',
      TEMPORAL_API_KEY: 'marked-key-of-temporal',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=marked-collector',
      NODE_OPTIONS: '--import=marked-option',
      UNLISTED_SECRET: 'marked-unlisted',
    };
  }, 60_000);
  afterAll(async () => {
    await Promise.all([store.close(), contoso.close(), attacker.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  test('contoso signs in, and its tokens are stored', async () => {
    const services = servicesWith(strict());
    await storeConfiguration(store.database, 'contoso', base);
    const { lines } = await createCheckActivities(services).check({ about: 'check', file: base });
    expect(lines.filter(({ state }) => state === 'error')).toEqual([]);
  });

  test(`no byte of others reaches the attacker in ${combinations} files`, async () => {
    const services = servicesWith(strict());
    const files = fc.sample(hostileFiles(), { seed, numRuns: combinations });
    expect(new Set(files.map((file) => JSON.stringify(file))).size).toBeGreaterThan(combinations * 0.9);
    const leaks: unknown[] = [];
    for (const [index, file] of files.entries()) {
      const before = attacker.received.length;
      const shown = await attempt(services, file, index % startEvery === 0);
      const got = attacker.received.slice(before).join('\n');
      const found = [...secretsIn(got), ...secretsIn(shown)];
      if (found.length > 0)
        leaks.push({ found, tenant: file.tenant, source: file.source, target: file.target });
    }
    expect(leaks).toEqual([]);
    // The attacker was let through where it uses what is its own.
    expect(attacker.received.join('\n')).toContain('own-secret-of-evil');
  }, 300_000);

  test('the tokens of contoso work as before', async () => {
    const { lines } = await createCheckActivities(servicesWith(strict())).check({
      about: 'check',
      file: base,
    });
    expect(lines.filter(({ state }) => state === 'error')).toEqual([]);
    expect(attacker.received.join('\n')).not.toContain(
      contoso.timely.state.oauth.save().pairs.at(-1)?.accessToken,
    );
  });

  test('the search finds leaks where there are some: a worker that gives all to everybody', async () => {
    const careless = servicesWith({
      TIMELY_SYNC_SHARED_REFERENCES: [
        ...Object.keys(secrets),
        ...['TENANT_EVIL_ID', 'TENANT_EVIL_SECRET', 'TENANT_EVIL_HOST'],
      ].join(','),
      TIMELY_SYNC_ALLOWED_HOSTS: 'localhost,127.0.0.1',
    });
    const before = attacker.received.length;
    for (const file of fc.sample(hostileFiles(), { seed, numRuns: 80 })) await attempt(careless, file);
    const found = new Set(secretsIn(attacker.received.slice(before).join('\n')));
    expect(found.size).toBeGreaterThan(4);
    // What is the worker's own is kept even then.
    expect([...found].filter((name) => /^(DATABASE|TIMELY_SYNC|TEMPORAL|OTEL|NODE)/.test(name))).toEqual([]);
  }, 60_000);
}
