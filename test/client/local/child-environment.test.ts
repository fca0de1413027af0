import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { childEnvironment, referencedVariables } from '../../../client/local/child-environment.ts';

const set = {
  LC_ALL: 'C',
  https_proxy: 'http://proxy:3128',
  NODE_EXTRA_CA_CERTS: '/ca.pem',
  NODE_AUTH_TOKEN: 'secret',
  AWS_SECRET_ACCESS_KEY: 'secret',
  DATABASE_URL: 'postgres://user:secret@host/database',
  DISPLAY: ':0',
  GITHUB_TOKEN: 'secret',
  FABRIKAM_SECRET: 'of the file',
  TEMPORAL_API_KEY: 'secret',
  TENANT_FABRIKAM_SECRET: 'of a tenant',
  TIMELY_SYNC_KEY: 'key',
  AZURE_CLIENT_SECRET: 'secret',
};
const clientFolder = join(import.meta.dirname, '..', '..', '..', 'client');
let before: NodeJS.ProcessEnv;

beforeAll(() => {
  before = { ...process.env };
  Object.assign(process.env, set);
});
afterAll(() => {
  process.env = before;
});

const of = (environment: NodeJS.ProcessEnv) =>
  Object.keys(set)
    .filter((name) => name in environment)
    .sort();

test('each kind of program gets the variables that it needs, and no other', () => {
  expect(of(childEnvironment('server'))).toEqual(['LC_ALL']);
  expect(of(childEnvironment('sandbox'))).toEqual(['LC_ALL', 'NODE_EXTRA_CA_CERTS']);
  expect(of(childEnvironment('browser'))).toEqual(['DISPLAY', 'LC_ALL']);
  expect(of(childEnvironment('finder'))).toEqual(['LC_ALL', 'NODE_EXTRA_CA_CERTS', 'https_proxy']);
  expect(of(childEnvironment('worker', ['FABRIKAM_SECRET']))).toEqual([
    'FABRIKAM_SECRET',
    'LC_ALL',
    'NODE_EXTRA_CA_CERTS',
    'TENANT_FABRIKAM_SECRET',
    'TIMELY_SYNC_KEY',
    'https_proxy',
  ]);
  expect(childEnvironment('server').PATH).toBe(process.env.PATH);
});

test('no program is started without its environment', () => {
  const files = readdirSync(clientFolder, { recursive: true, encoding: 'utf8' });
  const starts = files
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) =>
      readFileSync(join(clientFolder, name), 'utf8')
        .split(/(?=\b(?:execa|spawn|fork|execFile)\()/)
        .slice(1),
    );
  expect(starts.length).toBeGreaterThan(5);
  // Up to the end of the call, which is short.
  const open = starts.map((text) => text.slice(0, 250)).filter((text) => !/\bown\b|\benv:/.test(text));
  expect(open).toEqual([]);
});

test('a worker gets the variables that tenant files name, wherever they name them', () => {
  const files = [
    {
      source: { credential: { secret: 'env:A_SECRET' } },
      notify: [{ teams: 'env:A_HOOK' }, { key: 'file:/x' }],
    },
    { target: { endpoint: 'https://env:NOT_ONE' }, note: 'see env:NOT_ONE' },
  ];
  expect(referencedVariables(files)).toEqual(['A_SECRET', 'A_HOOK']);
});
