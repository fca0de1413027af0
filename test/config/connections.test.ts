import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { entraSettings, timelySettings } from '../../config/connections.ts';
import { resolveEndpoint, resolveSecret } from '../../config/secrets.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { exampleWith } from './example.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
  await writeFile(join(folder, 'token'), '  from-a-file \n');
  await writeFile(join(folder, 'empty'), '\n');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a reference', () => {
  test('reads a secret from the environment or a file, without leading and trailing blanks', async () => {
    expect(await resolveSecret('env:TOKEN', { TOKEN: ' from-the-environment\n' })).toBe(
      'from-the-environment',
    );
    expect(await resolveSecret(`file:${folder}/token`)).toBe('from-a-file');
  });

  test('is named in the error when it cannot be resolved', async () => {
    await expect(resolveSecret('env:TOKEN', {})).rejects.toThrow(/env:TOKEN/);
    await expect(resolveSecret('env:TOKEN', { TOKEN: ' ' })).rejects.toThrow('env:TOKEN is empty');
    await expect(resolveSecret(`file:${folder}/none`)).rejects.toThrow(`file:${folder}/none`);
    await expect(resolveSecret(`file:${folder}/empty`)).rejects.toThrow(ConfigurationError);
  });

  test('does not repeat a literal secret in its place', async () => {
    await expect(resolveSecret('hunter2', {})).rejects.toThrow(/^(?!.*hunter2).*must be a reference/);
  });

  test('gives an https address without its last slash', () => {
    expect(resolveEndpoint('https://localhost:8443/')).toBe('https://localhost:8443');
    expect(resolveEndpoint('env:GRAPH', { GRAPH: 'https://graph.example' })).toBe('https://graph.example');
    expect(() => resolveEndpoint('env:GRAPH', { GRAPH: 'http://graph.example' })).toThrow(
      'env:GRAPH is not an https',
    );
    expect(() => resolveEndpoint('env:GRAPH', {})).toThrow('has no GRAPH');
  });
});

describe('the settings of a connection', () => {
  const env = {
    CONTOSO_ENTRA_SECRET: 'entra-secret',
    TIMELY_CLIENT_ID: 'timely-id',
    TIMELY_CLIENT_SECRET: 'timely-secret',
    TIMELY_REFRESH_TOKEN: 'first-token',
    LOGIN: 'https://login.example',
  };

  test('sign in to Entra ID with the secret of the example', async () => {
    expect(await entraSettings(exampleWith(), env)).toEqual({
      tenantId: '8f0c2a4e-1111-2222-3333-444455556666',
      clientId: '1b2c3d4e-aaaa-bbbb-cccc-ddddeeeeffff',
      credential: { kind: 'secret', secret: 'entra-secret' },
      cloud: 'global',
    });
  });

  test.each([
    ['certificate', (at: string) => `file:${at}/token`, () => ({ kind: 'certificate', pem: 'from-a-file' })],
    [
      'federatedToken',
      (at: string) => `file:${at}/token`,
      (at: string) => ({ kind: 'federatedToken', file: `${at}/token` }),
    ],
    ['managedIdentity', () => '5e6f-id', () => ({ kind: 'managedIdentity', clientId: '5e6f-id' })],
  ])('have a credential of the kind %s', async (key, reference, expected) => {
    const file = exampleWith({ 'secret: env:CONTOSO_ENTRA_SECRET': `${key}: ${reference(folder)}` });
    expect((await entraSettings(file, {})).credential).toEqual(expected(folder));
  });

  test('use the endpoints of the file in place of those of Microsoft and Timely', async () => {
    const file = exampleWith({
      '# endpoints: ': 'endpoints: ',
      '#   login: https://localhost:8443': '  login: env:LOGIN',
      '#   graph:': '  graph:',
      '# endpoint: https': 'endpoint: https',
    });
    expect((await entraSettings(file, env)).endpoints).toEqual({
      login: 'https://login.example',
      graph: 'https://localhost:8443',
    });
    expect((await timelySettings(file, env)).endpoint).toBe('https://localhost:8444');
  });

  test("use Timely's own host, and no initial token, for the example", async () => {
    expect(await timelySettings(exampleWith(), env)).toEqual({
      accountId: 987654,
      endpoint: 'https://api.timelyapp.com',
      application: { clientId: 'timely-id', clientSecret: 'timely-secret' },
      initialRefreshToken: null,
      requestsPerSecond: 5,
    });
  });

  test('need no initial refresh token after its use', async () => {
    const file = exampleWith({ '# initialRefreshToken:': 'initialRefreshToken:' });
    expect((await timelySettings(file, env)).initialRefreshToken).toBe('first-token');
    const { TIMELY_REFRESH_TOKEN: _, ...later } = env;
    expect((await timelySettings(file, later)).initialRefreshToken).toBeNull();
  });
});
