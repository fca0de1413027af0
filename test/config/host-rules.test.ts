import { describe, expect, test } from '@jest/globals';
import { endpointRules, webhookRules } from '../../config/policy/host-rules.ts';
import { isPublicAddress } from '../../config/policy/public-address.ts';
import { tenantAccess } from '../../config/policy/tenant-access.ts';
import { endpointsOf } from '../../directory/entra/graph/endpoints.ts';
import { hostOf } from '../../domain/connection-rules.ts';
import { type PolicyVariables, policyOf } from './policy.ts';

const host = (url: string) => hostOf(new URL(url));
const rules = (variables: PolicyVariables = {}, tenant = 'contoso') =>
  endpointRules(policyOf(variables, {}), tenant);
const webhooks = (variables: PolicyVariables = {}) => webhookRules(policyOf(variables, {}), 'contoso');
const allows = (list: string, url: string) =>
  rules({ TIMELY_SYNC_ALLOWED_HOSTS: list }).refuseHost(host(url)) === null;

describe('endpoints', () => {
  test("may be the vendors' own without an entry, on their port", () => {
    const clouds = (['global', 'usgov', 'usgov-dod', 'china'] as const).map((cloud) => endpointsOf(cloud));
    const own = [...clouds.flatMap(({ login, graph }) => [login, graph]), 'https://api.timelyapp.com'];
    expect(own.filter((url) => rules().refuseHost(host(url)) !== null)).toEqual([]);
    expect(rules().refuseHost(host('https://api.timelyapp.com:8443'))).not.toBeNull();
  });

  test.each([
    ['evil.example', 'https://evil.example:8443', true],
    ['evil.example:8443', 'https://EVIL.example:8443', true],
    ['evil.example:8443', 'https://evil.example', false],
    ['evil.example', 'https://very.evil.example', false],
    ['*.evil.example', 'https://very.evil.example', true],
    ['*.evil.example:8443', 'https://very.evil.example', false],
    ['*.evil.example', 'https://evil.example', false],
    ['*.evil.example', 'https://notevil.example', false],
    ['*.0.0.1', 'https://127.0.0.1', false],
    ['127.0.0.1', 'https://2130706433', true],
    ['localhost', 'https://localhost.', false],
    ['10.0.0.0/8', 'https://10.0.0.1', false],
    ['[::1]:8443', 'https://[::1]:8443', true],
    ['::1', 'https://[0:0:0:0:0:0:0:1]', true],
    ['evil.example@contoso', 'https://evil.example', true],
    ['evil.example@fabrikam', 'https://evil.example', false],
    ['bücher.example', 'https://xn--bcher-kva.example', true],
  ])('with the list %j may be %s: %s', (list, url, expected) => {
    expect(allows(list, url)).toBe(expected);
  });

  test('are refused with the entry to add', () => {
    expect(rules().refuseHost(host('https://evil.example:8443'))).toMatchObject({
      message: expect.stringContaining('contoso may not go to evil.example:8443'),
      remedy: expect.stringContaining('add evil.example:8443 to TIMELY_SYNC_ALLOWED_HOSTS'),
    });
  });

  test('that a variable holds are refused without the value', async () => {
    const env = { TENANT_CONTOSO_PLACE: 'https://secret.example/hunter2' };
    const access = tenantAccess({ tenant: 'contoso', nested: [] }, policyOf({}, env));
    await expect(access.endpoint('env:TENANT_CONTOSO_PLACE')).rejects.toMatchObject({
      message: expect.not.stringMatching(/hunter2|secret\.example/),
      remedy: expect.stringMatching(/^(?!.*secret\.example).*TIMELY_SYNC_ALLOWED_HOSTS/),
    });
  });

  test('that a variable holds with a password are refused without the value', async () => {
    const env = { TENANT_CONTOSO_PLACE: 'https://user:hunter2@api.timelyapp.com' };
    const access = tenantAccess({ tenant: 'contoso', nested: [] }, policyOf({}, env));
    await expect(access.endpoint('env:TENANT_CONTOSO_PLACE')).rejects.toMatchObject({
      message: 'env:TENANT_CONTOSO_PLACE is not an https:// address without user and password.',
    });
  });

  test.each([
    ['evil.example', 'https://evil.example', '127.0.0.1', false],
    ['*.evil.example', 'https://a.evil.example', '169.254.169.254', false],
    ['evil.example,127.0.0.1', 'https://evil.example', '127.0.0.1', true],
    ['evil.example,127.0.0.1:9', 'https://evil.example', '127.0.0.1', false],
    ['evil.example,10.0.0.0/8', 'https://evil.example', '10.1.2.3', true],
    ['evil.example,fd00::/8', 'https://evil.example', 'fd00::1', true],
    ['evil.example,10.0.0.0/8', 'https://evil.example', '192.168.0.1', false],
    ['evil.example,localhost', 'https://evil.example', '127.0.0.1', false],
    ['localhost:8443', 'https://localhost:8443', '127.0.0.1', true],
    ['localhost:8443', 'https://localhost:8443', '::1', true],
    ['localhost', 'https://localhost', '10.0.0.1', false],
    ['evil.example,127.0.0.1@fabrikam', 'https://evil.example', '127.0.0.1', false],
    ['', 'https://api.timelyapp.com', '10.0.0.1', false],
    ['', 'https://api.timelyapp.com', '8.8.8.8', true],
  ])('with the list %j, %s at %s is reached: %s', (list, url, address, expected) => {
    const refusal = rules({ TIMELY_SYNC_ALLOWED_HOSTS: list }).refuseAddress(host(url), address);
    expect(refusal === null).toBe(expected);
    if (refusal) expect(refusal.remedy).toContain(`add ${address}`.replace('fd00', '[fd00'));
  });
});

describe('webhooks', () => {
  const hook = host('https://hooks.example/x');

  test('may go to any public address unless they are restricted', () => {
    expect(webhooks().refuseHost(hook)).toBeNull();
    expect(webhooks().refuseAddress(hook, '8.8.8.8')).toBeNull();
    expect(webhooks().refuseAddress(hook, '169.254.169.254')).toMatchObject({
      message: expect.not.stringContaining('hooks.example'),
      remedy: expect.stringContaining('add 169.254.169.254 to TIMELY_SYNC_ALLOWED_HOSTS'),
    });
    expect(webhooks({ TIMELY_SYNC_ALLOWED_HOSTS: '10.0.0.1' }).refuseAddress(hook, '10.0.0.1')).toBeNull();
  });

  test('go only to the listed hosts when there is a list', () => {
    const restricted = webhooks({ TIMELY_SYNC_WEBHOOK_HOSTS: '*.slack.example,10.0.0.1' });
    expect(restricted.refuseHost(host('https://hooks.slack.example/x'))).toBeNull();
    expect(restricted.refuseHost(hook)).toMatchObject({
      message: expect.not.stringContaining('hooks.example'),
      remedy: expect.stringContaining('TIMELY_SYNC_WEBHOOK_HOSTS'),
    });
    expect(restricted.refuseAddress(host('https://hooks.slack.example'), '10.0.0.1')).toBeNull();
    expect(restricted.refuseAddress(host('https://hooks.slack.example'), '10.0.0.2')).not.toBeNull();
  });
});

test.each([
  'https://evil.example',
  'evil.example/path',
  '*',
  '*.',
  'a b',
  'evil.example:99999999',
  '10.0.0.0/33',
  'evil.example@Not A Tenant',
])('the entry %j is no host', (list) => {
  expect(() => policyOf({ TIMELY_SYNC_ALLOWED_HOSTS: list })).toThrow('must be hosts');
});

test.each(['env:', 'file:relative', 'https://x', 'A-B'])('the entry %j is no reference', (list) => {
  expect(() => policyOf({ TIMELY_SYNC_SHARED_REFERENCES: list })).toThrow('must be references');
});

test.each([
  ['8.8.8.8', true],
  ['172.32.0.1', true],
  ['2606:4700::1111', true],
  ['64:ff9b::8.8.8.8', true],
  ['0.0.0.0', false],
  ['10.1.2.3', false],
  ['100.100.100.200', false],
  ['127.1.2.3', false],
  ['168.63.129.16', false],
  ['169.254.169.254', false],
  ['172.31.255.255', false],
  ['192.168.1.1', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:8.8.8.8', false],
  ['64:ff9b::127.0.0.1', false],
  ['64:ff9b::a00:1', false],
  ['2001:db8::1', false],
  ['2002:7f00:1::', false],
  ['fd00:ec2::254', false],
  ['fe80::1', false],
  ['localhost', false],
])('the address %s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});
