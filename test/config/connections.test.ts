import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { timelySettings } from '../../config/connections.ts';
import { type TenantAccess, tenantAccess } from '../../config/policy/tenant-access.ts';
import { entraSettings, type SourceOf } from '../../config/source-settings.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { entraOf, exampleWith } from './example.ts';
import { type PolicyVariables, policyOf } from './policy.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'timely-sync-config-'));
  for (const each of ['contoso', 'fabrikam', 'shared', 'elsewhere'])
    await mkdir(join(folder, each), { recursive: true });
  await writeFile(join(folder, 'contoso', 'token'), 'from-a-file\n');
  await writeFile(join(folder, 'contoso', 'empty'), '\n');
  await writeFile(join(folder, 'shared', 'token'), 'of-all');
  await writeFile(join(folder, 'fabrikam', 'token'), 'of-fabrikam');
  await writeFile(join(folder, 'elsewhere', 'token'), 'elsewhere');
  execFileSync('mkfifo', [join(folder, 'contoso', 'pipe')]);
  await mkdir(join(folder, 'contoso', 'folder'));
  await writeFile(join(folder, 'contoso', 'huge'), 'x'.repeat(64 * 1024 + 1));
  await symlink(join(folder, 'contoso', 'token'), join(folder, 'contoso', 'link'));
  await symlink(join(folder, 'elsewhere', 'token'), join(folder, 'contoso', 'way-out'));
  await symlink('/proc/self/environ', join(folder, 'elsewhere', 'process'));
});
afterAll(() => rm(folder, { recursive: true }));

const timely = 'https://api.timelyapp.com';

function accessOf(
  env: NodeJS.ProcessEnv = {},
  variables: PolicyVariables = {},
  { tenant = 'contoso', nested = [] }: { tenant?: string; nested?: string[] } = {},
): TenantAccess {
  return tenantAccess({ tenant, nested }, policyOf({ TIMELY_SYNC_SECRETS_DIR: folder, ...variables }, env));
}

/** The text of a refusal, message and remedy. */
async function refusalOf(given: Promise<unknown>): Promise<string> {
  const error = await given.then(
    (value) => Promise.reject(new Error(`It was allowed: ${value}`)),
    (cause: unknown) => cause,
  );
  if (!(error instanceof ConfigurationError)) throw error;
  return `${error.message} ${error.remedy}`;
}

describe('a secret', () => {
  test('comes from the environment or from a file, without blanks around it', async () => {
    const access = accessOf({ TENANT_CONTOSO_TOKEN: ' from-the-environment\n' });
    expect(await access.secret('env:TENANT_CONTOSO_TOKEN', timely)).toBe('from-the-environment');
    for (const name of ['token', 'link', '../contoso/token'])
      expect(await access.secret(`file:${folder}/contoso/${name}`, timely)).toBe('from-a-file');
    expect(await access.secret(`file:${folder}/shared/token`, timely)).toBe('of-all');
  });

  test('that is missing or empty is reported by its reference', async () => {
    const own = 'env:TENANT_CONTOSO_TOKEN';
    expect(await refusalOf(accessOf().secret(own, timely))).toContain(`Set TENANT_CONTOSO_TOKEN`);
    const blank = accessOf({ TENANT_CONTOSO_TOKEN: ' ' });
    expect(await refusalOf(blank.secret(own, timely))).toContain(`${own} is empty`);
    for (const name of ['none', 'empty']) {
      const reference = `file:${folder}/contoso/${name}`;
      expect(await refusalOf(accessOf().secret(reference, timely))).toContain(reference);
    }
  });

  test('that is no plain file, or a huge one, is refused at once', async () => {
    for (const name of ['pipe', 'folder', 'huge']) {
      const reference = `file:${folder}/contoso/${name}`;
      const refusal = await refusalOf(accessOf().secret(reference, timely));
      expect(refusal).toContain(`${reference}: the worker cannot read this file.`);
      expect(refusal).toContain('a plain file of at most 64 KiB');
    }
  });

  test('is never taken literally, and the message does not repeat it', async () => {
    expect(await refusalOf(accessOf().secret('hunter2', timely))).toMatch(
      /^(?!.*hunter2).*must be a reference/,
    );
  });

  test.each([
    [
      'of another tenant',
      'env:TENANT_FABRIKAM_TOKEN',
      /add env:TENANT_FABRIKAM_TOKEN to TIMELY_SYNC_SHARED_REFERENCES/,
    ],
    ['of no tenant', 'env:ANYTHING', /Name the variable TENANT_CONTOSO_…/],
    ['in the folder of another tenant', 'file:FOLDER/fabrikam/token', /Move the file to .*\/contoso\//],
    ['above its folder', 'file:FOLDER/contoso/../fabrikam/token', /TIMELY_SYNC_SHARED_REFERENCES/],
    ['that is the folder itself', 'file:FOLDER/contoso', /TIMELY_SYNC_SHARED_REFERENCES/],
    ['behind a link out of its folder', 'file:FOLDER/contoso/way-out', /symbolic link/],
    ['of the system', 'file:/etc/passwd', /Move the file/],
    ['of the process', 'file:/proc/self/environ', /Move the file/],
  ])('%s is refused with the setting to change, and without its value', async (_, reference, expected) => {
    const access = accessOf({ TENANT_FABRIKAM_TOKEN: 'hunter2', ANYTHING: 'hunter2' });
    const refusal = await refusalOf(access.secret(reference.replace('FOLDER', folder), timely));
    expect(refusal).toMatch(expected);
    expect(refusal).not.toMatch(/hunter2|of-fabrikam|elsewhere/);
  });

  test.each([
    'DATABASE_URL',
    'TIMELY_SYNC_KEY',
    'timely_sync_key',
    'TEMPORAL_API_KEY',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'NODE_OPTIONS',
    'PGPASSWORD',
  ])('that is the setting %s of the worker is refused, whatever the lists say', async (name) => {
    const listed = { TIMELY_SYNC_SHARED_REFERENCES: `env:${name},env:${name}@contoso` };
    expect(await refusalOf(accessOf({ [name]: 'hunter2' }, listed).secret(`env:${name}`, timely))).toMatch(
      /^(?!.*hunter2).*setting of the worker/,
    );
  });

  test('that is a copy of a setting of the worker, or a view of its process, is refused', async () => {
    const env = { TIMELY_SYNC_KEY: 'a'.repeat(32), TENANT_CONTOSO_TOKEN: 'a'.repeat(32) };
    expect(await refusalOf(accessOf(env).secret('env:TENANT_CONTOSO_TOKEN', timely))).toMatch(
      /^(?!.*aaaa).*setting of the worker/,
    );
    const listed = {
      TIMELY_SYNC_SHARED_REFERENCES: `file:/proc/self/environ,file:${folder}/elsewhere/process`,
    };
    for (const path of ['/proc/self/environ', `${folder}/elsewhere/process`])
      await expect(accessOf({}, listed).secret(`file:${path}`, timely)).rejects.toThrow(ConfigurationError);
  });

  test.each(['env:OTHER', 'OTHER', 'env:OTHER@contoso', ' x@fabrikam , env:OTHER '])(
    'that the list %j gives is read',
    async (list) => {
      const access = accessOf({ OTHER: 'value' }, { TIMELY_SYNC_SHARED_REFERENCES: list });
      expect(await access.secret('env:OTHER', timely)).toBe('value');
    },
  );

  test('that the list gives to another tenant alone is refused', async () => {
    const access = accessOf({ OTHER: 'value' }, { TIMELY_SYNC_SHARED_REFERENCES: 'env:OTHER@fabrikam' });
    expect(await refusalOf(access.secret('env:OTHER', timely))).toContain('TIMELY_SYNC_SHARED_REFERENCES');
  });

  test('that the list gives as a file is read through links: platforms renew files by them', async () => {
    const path = `${folder}/contoso/way-out`;
    const access = accessOf({}, { TIMELY_SYNC_SHARED_REFERENCES: `file:${path}` });
    expect(await access.secret(`file:${path}`, timely)).toBe('elsewhere');
  });

  test.each([
    ['a', 'a-b'],
    ['a-b', 'a'],
  ])('of %s whose variable may also be of %s needs an entry of its own', async (tenant, other) => {
    const env = { TENANT_A_B_TOKEN: 'value' };
    const reference = 'env:TENANT_A_B_TOKEN';
    const alone = accessOf(env, {}, { tenant });
    expect(await alone.secret(reference, timely)).toBe('value');
    const both = { tenant, nested: [other] };
    const entry = `${reference}@${tenant}`;
    expect(await refusalOf(accessOf(env, {}, both).secret(reference, timely))).toContain(`Add ${entry}`);
    const listed = { TIMELY_SYNC_SHARED_REFERENCES: entry };
    expect(await accessOf(env, listed, both).secret(reference, timely)).toBe('value');
  });

  test('of all tenants goes only to hosts of all tenants', async () => {
    const references = { TIMELY_SYNC_SHARED_REFERENCES: 'env:CLIENT_SECRET' };
    const to = (hosts: string) =>
      accessOf({ CLIENT_SECRET: 'value' }, { ...references, TIMELY_SYNC_ALLOWED_HOSTS: hosts }).secret(
        'env:CLIENT_SECRET',
        'https://evil.example',
      );
    expect(await to('evil.example')).toBe('value');
    expect(await refusalOf(to('evil.example@contoso'))).toContain('without @contoso');
    const ofMachine = (hosts: string) => () =>
      accessOf({}, { TIMELY_SYNC_ALLOWED_HOSTS: hosts }).allowOfMachine(
        'an identity',
        'https://evil.example',
      );
    expect(ofMachine('evil.example')).not.toThrow();
    expect(ofMachine('evil.example@contoso')).toThrow('an identity');
  });

  test('stands for an id only when its name or its entry says so: people see the id', async () => {
    const env = { CLIENT_SECRET: 'hunter2', CLIENT_ID: 'id', TENANT_CONTOSO_ENTRA: 'hunter2', APP: 'app' };
    const access = accessOf(env, { TIMELY_SYNC_SHARED_REFERENCES: 'CLIENT_SECRET,CLIENT_ID,APP@contoso' });
    expect(await access.shownId('env:CLIENT_ID', timely)).toBe('id');
    expect(await access.shownId('env:APP', timely)).toBe('app');
    for (const reference of [
      'env:CLIENT_SECRET',
      'env:TENANT_CONTOSO_ENTRA',
      `file:${folder}/contoso/token`,
    ]) {
      const refusal = await refusalOf(access.shownId(reference, timely));
      expect(refusal).toContain(`add ${reference}@contoso to TIMELY_SYNC_SHARED_REFERENCES`);
      expect(refusal).not.toMatch(/hunter2|from-a-file/);
    }
  });
});

describe('the settings of a connection', () => {
  const env = {
    TENANT_CONTOSO_ENTRA_SECRET: 'entra-secret',
    TIMELY_CLIENT_ID: 'timely-id',
    TIMELY_CLIENT_SECRET: 'timely-secret',
    TENANT_CONTOSO_REFRESH_TOKEN: 'first-token',
    TENANT_CONTOSO_LOGIN: 'https://login.example/',
  };
  const lists = {
    TIMELY_SYNC_SHARED_REFERENCES: 'env:TIMELY_CLIENT_ID,env:TIMELY_CLIENT_SECRET',
    TIMELY_SYNC_ALLOWED_HOSTS: 'localhost,login.example',
  };
  const access = (changed: NodeJS.ProcessEnv = env) => accessOf(changed, lists);

  test('sign in to Entra ID with the secret of the example', async () => {
    expect(await entraSettings(entraOf(exampleWith()), access())).toEqual({
      tenantId: '8f0c2a4e-1111-2222-3333-444455556666',
      clientId: '1b2c3d4e-aaaa-bbbb-cccc-ddddeeeeffff',
      credential: { kind: 'secret', secret: 'entra-secret' },
      cloud: 'global',
    });
  });

  test.each([
    ['certificate', (at: string) => `file:${at}/contoso/token`, { kind: 'certificate', pem: 'from-a-file' }],
    [
      'federatedToken',
      (at: string) => `file:${at}/contoso/token`,
      { kind: 'federatedToken', read: expect.any(Function) },
    ],
    ['managedIdentity', () => '5e6f-id', { kind: 'managedIdentity', clientId: '5e6f-id' }],
  ])('have a credential of the kind %s', async (key, reference, expected) => {
    const file = exampleWith({ 'secret: env:TENANT_CONTOSO_ENTRA_SECRET': `${key}: ${reference(folder)}` });
    expect((await entraSettings(entraOf(file), access())).credential).toEqual(expected);
  });

  test('use the endpoints of the file in place of those of Microsoft and Timely', async () => {
    const file = exampleWith({
      '# endpoints: ': 'endpoints: ',
      '#   login: https://localhost:8443': '  login: env:TENANT_CONTOSO_LOGIN',
      '#   graph:': '  graph:',
      '# endpoint: https': 'endpoint: https',
    });
    expect((await entraSettings(entraOf(file), access())).endpoints).toEqual({
      login: 'https://login.example',
      graph: 'https://localhost:8443',
    });
    expect((await timelySettings(file, access())).endpoint).toBe('https://localhost:8444');
  });

  test.each([
    'secret: env:SHARED',
    'certificate: env:SHARED',
    'federatedToken: file:FOLDER/shared/token',
    'managedIdentity: 5e6f-id',
  ])('give no token that %s of all tenants gets to a host of one tenant', async (credential) => {
    const file = exampleWith({
      'secret: env:TENANT_CONTOSO_ENTRA_SECRET': credential.replace('FOLDER', folder),
      '# endpoints: ': 'endpoints: ',
      '#   login: https://localhost:8443': '  login: https://login.microsoftonline.com',
      '#   graph: https://localhost:8443': '  graph: https://evil.example',
    });
    const settingsWith = (TIMELY_SYNC_ALLOWED_HOSTS: string) =>
      entraSettings(
        entraOf(file),
        accessOf({ SHARED: 'x' }, { TIMELY_SYNC_SHARED_REFERENCES: 'SHARED', TIMELY_SYNC_ALLOWED_HOSTS }),
      );
    expect(await refusalOf(settingsWith('evil.example@contoso'))).toContain('without @contoso');
    expect((await settingsWith('evil.example')).endpoints?.graph).toBe('https://evil.example');
  });

  test('sign in with the application of the workers in the directory of the tenant alone', async () => {
    await writeFile(join(folder, 'elsewhere', 'own.pem'), 'pem of the installation\n');
    const directoryId = '8f0c2a4e-1111-2222-3333-444455556666';
    const variables = {
      TIMELY_SYNC_ENTRA_APPLICATION_ID: '99999999-aaaa-bbbb-cccc-ddddeeeeffff',
      TIMELY_SYNC_ENTRA_APPLICATION_CERTIFICATE: `file:${folder}/elsewhere/own.pem`,
      TIMELY_SYNC_ENTRA_APPLICATION_DIRECTORIES: `${directoryId}@contoso`,
    };
    const { clientId: _id, credential: _credential, ...source } = entraOf(exampleWith());
    const shared: SourceOf<'entra'> = { ...source, application: 'shared' };
    const settings = (given: PolicyVariables, proven: string | null = null, tenant = 'contoso') => {
      const storedSecret = async (name: string) => (name === `entra-${directoryId}` ? proven : null);
      return entraSettings(shared, tenantAccess({ tenant, nested: [], storedSecret }, policyOf(given, {})));
    };
    const { TIMELY_SYNC_ENTRA_APPLICATION_DIRECTORIES: _, ...unlisted } = variables;
    const expected = {
      tenantId: directoryId,
      clientId: variables.TIMELY_SYNC_ENTRA_APPLICATION_ID,
      credential: { kind: 'certificate', pem: 'pem of the installation' },
    };
    expect(await settings(variables)).toMatchObject(expected);
    expect(await settings(unlisted, directoryId)).toMatchObject(expected);
    expect(await refusalOf(settings({}))).toContain('have no application of their own');
    const unproven = 'No administrator of the directory 8f0c2a4e-1111-2222-3333-444455556666 has signed in';
    expect(await refusalOf(settings(unlisted))).toContain(unproven);
    expect(await refusalOf(settings(unlisted, '11111111-1111-2222-3333-444455556666'))).toContain(unproven);
    expect(await refusalOf(settings(variables, null, 'fabrikam'))).toContain('timely-sync invite fabrikam');
  });

  test('find what the store keeps for their tenant', async () => {
    const file = exampleWith({ 'env:TENANT_CONTOSO_ENTRA_SECRET': 'store:entra-secret' });
    const settings = (kept: string | null) =>
      entraSettings(
        entraOf(file),
        tenantAccess(
          {
            tenant: 'contoso',
            nested: [],
            storedSecret: async (name) => (name === 'entra-secret' ? kept : null),
          },
          policyOf({}, {}),
        ),
      );
    expect((await settings('given at the set-up')).credential).toEqual({
      kind: 'secret',
      secret: 'given at the set-up',
    });
    expect(await refusalOf(settings(null))).toContain(
      'the store keeps no such secret for the tenant contoso',
    );
  });

  test("use Timely's own host, and no initial token, for the example", async () => {
    expect(await timelySettings(exampleWith(), access())).toEqual({
      accountId: 987654,
      endpoint: 'https://api.timelyapp.com',
      application: { clientId: 'timely-id', clientSecret: 'timely-secret' },
      initialRefreshToken: null,
      requestsPerSecond: 5,
    });
  });

  test('are refused with all that is missing at once', async () => {
    const refusal = await refusalOf(timelySettings(exampleWith(), accessOf()));
    expect(refusal).toContain('2 entries of the tenant file are refused:');
    for (const name of ['TIMELY_CLIENT_ID', 'TIMELY_CLIENT_SECRET'])
      expect(refusal).toContain(`add env:${name} to TIMELY_SYNC_SHARED_REFERENCES`);
  });

  test('need no initial refresh token after its use, but one that is refused is an error', async () => {
    const file = exampleWith({ '# initialRefreshToken:': 'initialRefreshToken:' });
    expect((await timelySettings(file, access())).initialRefreshToken).toBe('first-token');
    const { TENANT_CONTOSO_REFRESH_TOKEN: _, ...later } = env;
    expect((await timelySettings(file, access(later))).initialRefreshToken).toBeNull();
    const stolen = exampleWith({
      '# initialRefreshToken: env:TENANT_CONTOSO_REFRESH_TOKEN': 'initialRefreshToken: env:TIMELY_SYNC_KEY',
    });
    expect(await refusalOf(timelySettings(stolen, access()))).toContain('setting of the worker');
  });
});
