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
