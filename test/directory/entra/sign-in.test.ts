import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { endpointRules } from '../../../config/policy/host-rules.ts';
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import type { EntraSourceSettings } from '../../../directory/entra/settings.ts';
import {
  ConfigurationError,
  ConsentNeededError,
  ThrottledError,
  TransientError,
} from '../../../domain/errors.ts';
import { guardedFetch } from '../../../http/guarded-fetch.ts';
import { policyOf } from '../../config/policy.ts';
import { failureText, rejection } from './failures.ts';
import {
  discoveryDocument,
  type FakeMicrosoft,
  type FakeResponse,
  secret,
  settingsFor,
  withMicrosoft,
} from './fake-microsoft.ts';

/** Reads a count, so that a sign-in is needed. */
function readCount(
  microsoft: FakeMicrosoft,
  changes: Partial<EntraSourceSettings> = {},
  create = createEntraSource,
) {
  microsoft.graph = () => ({ body: '893' });
  return create(settingsFor(microsoft, changes)).count('users');
}

/** A refusal in Entra's shape that, like those of some services, quotes the request. */
function refusal(code: string, error = 'invalid_client', status = 401): FakeResponse {
  const error_description = `AADSTS${code}: no. You sent ${secret}. Trace ID: 94fb3b52-452a-4535-a601-69e0a90e3aa2`;
  return { status, body: { error, error_description, error_codes: [Number(code)] } };
}

const parameter = (body: string | undefined, name: string) => new URLSearchParams(body).get(name);

test('one sign-in serves many calls, parallel or sequential', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => ({ body: '893' });
    const source = createEntraSource(settingsFor(microsoft));
    await Promise.all([source.count('users'), source.count('users')]);
    await source.count('users');
    expect(microsoft.signIns).toHaveLength(1);
    expect(parameter(microsoft.signIns[0]?.body, 'scope')).toBe('https://graph.microsoft.com/.default');
    expect(microsoft.requests.map((request) => request.headers.authorization)).toEqual(
      Array(3).fill('Bearer token-1'),
    );
  }));

test.each([
  ['700016', 'needs an administrator'],
  ['65001', 'needs an administrator'],
  ['650056', 'needs an administrator'],
  ['90094', 'needs an administrator'],
  ['90038', 'needs an administrator'],
  ['900382', 'needs an administrator'],
  ['53003', 'needs an administrator'],
  ['7000215', 'refuses our credential'],
  ['7000222', 'refuses our credential'],
  ['700027', 'refuses our credential'],
  ['7000112', 'refuses our credential'],
  ['70001', 'refuses our credential'],
  ['99999', 'refuses to sign the application in'],
])('AADSTS%s asks for a consent or a correction and says which', (code, said) =>
  withMicrosoft(async (microsoft) => {
    microsoft.signIn = () => refusal(code);
    const error = await rejection(readCount(microsoft));
    expect(error).toBeInstanceOf(ConsentNeededError);
    expect(error).toMatchObject({
      message: expect.stringContaining(said),
      remedy: expect.stringMatching(/.{20}/),
    });
    expect(error).toMatchObject({ message: expect.stringContaining(`AADSTS${code}`) });
    expect(failureText(error)).not.toContain(secret);
    expect(microsoft.requests).toHaveLength(0);
  }),
);

test.each(['90033', '90006', '90024', '50033', '90055'])('AADSTS%s is a TransientError', (code) =>
  withMicrosoft(async (microsoft) => {
    microsoft.signIn = () => refusal(code, 'temporarily_unavailable', 400);
    expect(await rejection(readCount(microsoft))).toBeInstanceOf(TransientError);
  }),
);

test('a tenant that does not exist is distinguished from a service that is down', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.discovery = () => refusal('90002', 'invalid_tenant', 400);
    const unknown = await rejection(readCount(microsoft));
    expect(unknown).toBeInstanceOf(ConsentNeededError);
    expect(unknown).toMatchObject({ remedy: expect.stringContaining('source.cloud') });
    microsoft.discovery = () => ({ status: 502, body: '<html>Bad gateway</html>' });
    expect(await rejection(readCount(microsoft))).toBeInstanceOf(TransientError);
  }));

test('a refusal without a number is a ConsentNeededError', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.signIn = () => ({
      status: 401,
      body: { error: 'invalid_client', error_description: 'wrong secret' },
    });
    expect(await rejection(readCount(microsoft))).toBeInstanceOf(ConsentNeededError);
  }));

test('a number that is only in the list of numbers counts', () =>
  withMicrosoft(async (microsoft) => {
    const body = { error: 'invalid_client', error_description: 'refused', error_codes: [7000222] };
    microsoft.signIn = () => ({ status: 401, body });
    expect(await rejection(readCount(microsoft))).toMatchObject({
      message: expect.stringContaining('AADSTS7000222'),
      remedy: expect.stringContaining('expired'),
    });
  }));

test('a 429 of the sign-in service is a ThrottledError with its wait', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.signIn = () => ({
      status: 429,
      headers: { 'retry-after': '2.128' },
      body: { error: 'slow_down' },
    });
    const error = await rejection(readCount(microsoft));
    expect(error).toBeInstanceOf(ThrottledError);
    expect(error).toMatchObject({ retryAfterMs: 2_128 });
  }));

test('a retry after a 503 signs in at once', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => ({ body: '893' });
    microsoft.signIn = () =>
      microsoft.signIns.length === 1
        ? refusal('90033', 'temporarily_unavailable', 503)
        : { body: { token_type: 'Bearer', expires_in: 3599, access_token: 'token' } };
    const source = createEntraSource(settingsFor(microsoft));
    expect(await rejection(source.count('users'))).toBeInstanceOf(TransientError);
    expect(microsoft.signIns).toHaveLength(1);
    expect(await source.count('users')).toBe(893);
  }));

test('a sign-in that hangs or is cut off is a TransientError', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.signIn = () => ({ fault: 'hang' });
    expect(await rejection(readCount(microsoft, { timeoutMs: 200 }))).toBeInstanceOf(TransientError);
    microsoft.signIn = () => ({ body: { access_token: 'token' }, fault: 'cut' });
    expect(await rejection(readCount(microsoft))).toBeInstanceOf(TransientError);
  }));

test('a certificate signs in with an assertion and without a secret', () =>
  withMicrosoft(async (microsoft) => {
    const pair = await generate([{ name: 'commonName', value: 'timely-sync' }], { algorithm: 'sha256' });
    const pem = `${pair.private}\n${pair.cert}`;
    expect(await readCount(microsoft, { credential: { kind: 'certificate', pem } })).toBe(893);
    expect(parameter(microsoft.signIns[0]?.body, 'client_assertion')?.split('.')).toHaveLength(3);
    expect(parameter(microsoft.signIns[0]?.body, 'client_secret')).toBeNull();
  }));

test('a certificate without its key is refused before any request', () =>
  withMicrosoft(async (microsoft) => {
    const { cert } = await generate([{ name: 'commonName', value: 'timely-sync' }], { algorithm: 'sha256' });
    const make = () =>
      createEntraSource(settingsFor(microsoft, { credential: { kind: 'certificate', pem: cert } }));
    expect(make).toThrow(ConfigurationError);
  }));

test('a federated token is read for each sign-in, and the error for a missing one is passed on', () =>
  withMicrosoft(async (microsoft) => {
    const folder = await mkdtemp(join(tmpdir(), 'federated-'));
    const file = join(folder, 'token');
    try {
      const read = async () =>
        (
          await readFile(file, 'utf8').catch(() => Promise.reject(new ConfigurationError(`no ${file}`)))
        ).trim();
      const source = createEntraSource(
        settingsFor(microsoft, { credential: { kind: 'federatedToken', read } }),
      );
      const missing = await rejection(source.count('users'));
      expect(missing).toBeInstanceOf(ConfigurationError);
      expect(missing).toMatchObject({ message: expect.stringContaining(file) });
      microsoft.signIn = () => {
        const assertion = parameter(microsoft.signIns.at(-1)?.body, 'client_assertion');
        return { body: { token_type: 'Bearer', expires_in: 3599, access_token: `token-of-${assertion}` } };
      };
      await writeFile(file, 'first\n');
      microsoft.graph = ({ headers }) => {
        if (headers.authorization === 'Bearer token-of-second') return { body: '893' };
        return { status: 401 };
      };
      expect(await rejection(source.count('users'))).toBeInstanceOf(ConsentNeededError);
      await writeFile(file, 'second\n');
      expect(await source.count('users')).toBe(893);
    } finally {
      await rm(folder, { recursive: true });
    }
  }));

test('a secret does not follow the sign-in service to a host that may not be asked', () =>
  withMicrosoft(async (microsoft) => {
    const elsewhere = microsoft.origin.replace('localhost', '127.0.0.1');
    const { token_endpoint } = discoveryDocument(elsewhere);
    microsoft.discovery = () => ({ body: { ...discoveryDocument(microsoft.origin), token_endpoint } });
    const rules = endpointRules(policyOf({ TIMELY_SYNC_ALLOWED_HOSTS: 'localhost' }, {}), 'contoso');
    const failure = await rejection(readCount(microsoft, { fetch: guardedFetch(rules) }));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure).toMatchObject({ message: expect.stringContaining('may not go to 127.0.0.1') });
    expect(microsoft.signIns).toEqual([]);
  }));

test('a service that calls itself otherwise than the tenant file does is not said to be down', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.discovery = () => ({
      body: discoveryDocument(microsoft.origin.replace('localhost', '127.0.0.1')),
    });
    const failure = await rejection(readCount(microsoft));
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure).toMatchObject({
      message: expect.stringContaining('answered in a way that cannot be used'),
      remedy: expect.stringContaining('source.endpoints.login'),
    });
    expect(microsoft.signIns).toEqual([]);
  }));

const audiences = {
  global: 'api://AzureADTokenExchange',
  usgov: 'api://AzureADTokenExchangeUSGov',
  'usgov-dod': 'api://AzureADTokenExchangeUSGov',
  china: 'api://AzureADTokenExchangeChina',
};

test('a token of a managed identity replaces the secret, with the audience of each cloud', () =>
  withMicrosoft(async (microsoft) => {
    const asked: string[] = [];
    const identity = createServer((request, response) => {
      asked.push(request.url ?? '');
      const expires_on = String(Math.floor(Date.now() / 1000) + 3600);
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ access_token: 'identity-token', expires_on, resource: '', token_type: 'Bearer' }),
      );
    });
    await new Promise<void>((listening) => identity.listen(0, '127.0.0.1', listening));
    const address = identity.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${port}/msi/token`;
    process.env.IDENTITY_HEADER = 'header';
    try {
      const credential = {
        kind: 'managedIdentity',
        clientId: '5e6f0000-0000-4000-8000-000000000000',
      } as const;
      // Azure's library keeps for its process where identities come from: this test loads its own.
      await jest.isolateModulesAsync(async () => {
        const { createEntraSource: createOwn } = await import('../../../directory/entra/entra-source.ts');
        for (const cloud of ['global', 'usgov', 'usgov-dod', 'china'] as const) {
          expect(await readCount(microsoft, { credential, cloud }, createOwn)).toBe(893);
          expect(parameter(microsoft.signIns.at(-1)?.body, 'client_assertion')).toBe('identity-token');
          const { searchParams } = new URL(asked.at(-1) ?? '', 'http://127.0.0.1');
          expect(searchParams.get('resource')).toBe(audiences[cloud]);
        }
      });
    } finally {
      delete process.env.IDENTITY_ENDPOINT;
      delete process.env.IDENTITY_HEADER;
      identity.closeAllConnections();
      identity.close();
    }
  }));
