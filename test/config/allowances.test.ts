/** What `up` allows: exactly what its files name, each for its own tenant. */
import { expect, test } from '@jest/globals';
import { timelySettings } from '../../config/connections.ts';
import { allowancesOf } from '../../config/policy/allowances.ts';
import { tenantAccess } from '../../config/policy/tenant-access.ts';
import { entraSettings } from '../../config/source-settings.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import { entraOf, exampleWith } from './example.ts';
import { policyOf } from './policy.ts';

const file = exampleWith({
  'secret: env:TENANT_CONTOSO_ENTRA_SECRET': 'secret: env:ANY_NAME',
  '# endpoints: ': 'endpoints: ',
  '#   login: https://localhost:8443': '  login: env:PLACE',
  '#   graph: https://localhost:8443': '  graph: https://127.0.0.1:8443',
  '# endpoint: https': 'endpoint: https',
  '# initialRefreshToken: env:TENANT_CONTOSO_REFRESH_TOKEN': 'initialRefreshToken: env:FIRST_TOKEN',
  '# notify: ': 'notify: ',
  '#   - {slack: env:TENANT_CONTOSO_SLACK_WEBHOOK}': '  - {slack: env:HOOK}',
  '#   - {webhook: https://ops.contoso.example/hook, key: env:TENANT_CONTOSO_HOOK_KEY}':
    '  - {webhook: "https://127.0.0.1:9443/hook", key: env:TIMELY_SYNC_KEY}',
});
const env = {
  ANY_NAME: 'entra',
  TIMELY_CLIENT_ID: 'id',
  TIMELY_CLIENT_SECRET: 'secret',
  FIRST_TOKEN: 'first',
  PLACE: 'https://localhost:8443/',
  HOOK: 'https://hooks.slack.com/services/secret-part',
  TIMELY_SYNC_KEY: 'hunter2',
};

/** What a tenant may do on the worker of `up file`. */
async function accessOf(tenant: string) {
  const { references, hosts, webhookHosts } = await allowancesOf([file], env);
  const variables = {
    TIMELY_SYNC_SHARED_REFERENCES: references.join(','),
    TIMELY_SYNC_ALLOWED_HOSTS: hosts.join(','),
    TIMELY_SYNC_WEBHOOK_HOSTS: webhookHosts.join(','),
  };
  return tenantAccess({ tenant, nested: ['contoso-eu'] }, policyOf(variables, env));
}

test('are the references and hosts of the file, and no values', async () => {
  const allowances = await allowancesOf([file], env);
  expect(allowances).toEqual({
    references: [
      'env:ANY_NAME@contoso',
      'env:TIMELY_CLIENT_ID@contoso',
      'env:TIMELY_CLIENT_SECRET@contoso',
      'env:FIRST_TOKEN@contoso',
      'env:TIMELY_SYNC_KEY@contoso',
      'env:PLACE@contoso',
      'env:HOOK@contoso',
    ],
    hosts: ['localhost:8443@contoso', '127.0.0.1:8443@contoso', 'localhost:8444@contoso'],
    webhookHosts: ['hooks.slack.com:443@contoso', '127.0.0.1:9443@contoso'],
  });
});

test('let the tenant of the file do all that the file says, but not read settings of the worker', async () => {
  const access = await accessOf('contoso');
  expect((await entraSettings(entraOf(file), access)).endpoints).toEqual({
    login: 'https://localhost:8443',
    graph: 'https://127.0.0.1:8443',
  });
  expect(await timelySettings(file, access)).toMatchObject({
    application: { clientId: 'id', clientSecret: 'secret' },
    initialRefreshToken: 'first',
    endpoint: 'https://localhost:8444',
  });
  expect(await access.webhook('env:HOOK')).toBe(env.HOOK);
  const [hook] = [{ name: '127.0.0.1', port: 9443 }];
  expect(access.webhooks.refuseHost(hook) ?? access.webhooks.refuseAddress(hook, '127.0.0.1')).toBeNull();
  await expect(access.key('env:TIMELY_SYNC_KEY')).rejects.toThrow('setting of the worker');
  await expect(access.endpoint('https://localhost:9999')).rejects.toThrow('localhost:9999');
});

test('let no other tenant do so', async () => {
  const access = await accessOf('fabrikam');
  const other: TenantFile = { ...file, tenant: 'fabrikam' };
  await expect(entraSettings(entraOf(other), access)).rejects.toThrow('env:PLACE');
  await expect(access.secret('env:ANY_NAME', 'https://api.timelyapp.com')).rejects.toThrow('env:ANY_NAME');
});

test('leave out hosts behind variables that are missing or hold none', async () => {
  const { hosts, webhookHosts } = await allowancesOf([file], { PLACE: 'http://localhost', HOOK: 'secret' });
  expect(hosts).toEqual(['127.0.0.1:8443@contoso', 'localhost:8444@contoso']);
  expect(webhookHosts).toEqual(['127.0.0.1:9443@contoso']);
});
