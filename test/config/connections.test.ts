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

describe('references', () => {
  test('a secret comes from the environment or from a file, without outer blanks', async () => {
    expect(await resolveSecret('env:TOKEN', { TOKEN: ' from-the-environment\n' })).toBe(
      'from-the-environment',
    );
    expect(await resolveSecret(`file:${folder}/token`)).toBe('from-a-file');
  });

  test('a reference that leads nowhere is named', async () => {
    await expect(resolveSecret('env:TOKEN', {})).rejects.toThrow(/env:TOKEN/);
    await expect(resolveSecret('env:TOKEN', { TOKEN: ' ' })).rejects.toThrow('env:TOKEN is empty');
    await expect(resolveSecret(`file:${folder}/none`)).rejects.toThrow(`file:${folder}/none`);
    await expect(resolveSecret(`file:${folder}/empty`)).rejects.toThrow(ConfigurationError);
  });

  test('a literal in place of a reference is not repeated', async () => {
    await expect(resolveSecret('hunter2', {})).rejects.toThrow(/^(?!.*hunter2).*must be a reference/);
  });

  test('an endpoint is an https address, given or by reference, and loses its last slash', () => {
    expect(resolveEndpoint('https://localhost:8443/')).toBe('https://localhost:8443');
    expect(resolveEndpoint('env:GRAPH', { GRAPH: 'https://graph.example' })).toBe('https://graph.example');
    expect(() => resolveEndpoint('env:GRAPH', { GRAPH: 'http://graph.example' })).toThrow(
      'env:GRAPH is no https',
    );
    expect(() => resolveEndpoint('env:GRAPH', {})).toThrow('has no GRAPH');
  });
});

describe('connections', () => {
  const env = {
    CONTOSO_ENTRA_SECRET: 'entra-secret',
    TIMELY_CLIENT_ID: 'timely-id',
    TIMELY_CLIENT_SECRET: 'timely-secret',
    TIMELY_REFRESH_TOKEN: 'first-token',
    LOGIN: 'https://login.example',
  };

  test('the example signs in to Entra ID with its secret', async () => {
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
  ])('a credential of the kind %s', async (key, reference, expected) => {
    const file = exampleWith({ 'secret: env:CONTOSO_ENTRA_SECRET': `${key}: ${reference(folder)}` });
    expect((await entraSettings(file, {})).credential).toEqual(expected(folder));
  });

  test('endpoints of the file replace those of Microsoft and Timely', async () => {
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

  test("the example signs in to Timely's own host with a token from `connect`", async () => {
    expect(await timelySettings(exampleWith(), env)).toEqual({
      accountId: 987654,
      endpoint: 'https://api.timelyapp.com',
      application: { clientId: 'timely-id', clientSecret: 'timely-secret' },
      initialRefreshToken: null,
      requestsPerSecond: 5,
    });
  });

  test('the first refresh token may be taken away after its use', async () => {
    const file = exampleWith({ '# initialRefreshToken:': 'initialRefreshToken:' });
    expect((await timelySettings(file, env)).initialRefreshToken).toBe('first-token');
    const { TIMELY_REFRESH_TOKEN: _, ...later } = env;
    expect((await timelySettings(file, later)).initialRefreshToken).toBeNull();
  });
});
