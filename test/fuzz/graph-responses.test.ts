/** Any response from Microsoft's address is read, or leads to a SyncError. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createEntraSource } from '../../directory/entra/entra-source.ts';
import { type FakeResponse, settingsFor, withMicrosoft } from '../directory/entra/fake-microsoft.ts';
import { jsonWith, runs, succeededOrRefused } from './inputs.ts';

const anyJson = jsonWith('value', 'id', 'error', 'code', 'members@delta', '@removed', '@odata.nextLink');
const row = fc.record(
  {
    id: anyJson,
    displayName: anyJson,
    mail: anyJson,
    accountEnabled: anyJson,
    userPrincipalName: anyJson,
    'members@delta': anyJson,
    '@removed': anyJson,
  },
  { requiredKeys: [] },
);
const page = fc.record(
  {
    value: fc.oneof(fc.array(row, { maxLength: 3 }), anyJson),
    error: anyJson,
    '@odata.nextLink': anyJson,
    '@odata.deltaLink': anyJson,
  },
  { requiredKeys: [] },
);
const response: fc.Arbitrary<FakeResponse> = fc.record(
  {
    status: fc.oneof(
      { weight: 3, arbitrary: fc.constant(200) },
      fc.constantFrom(201, 400, 401, 403, 404, 410, 429, 500),
    ),
    headers: fc.constantFrom({}, { 'retry-after': 'soon' }, { 'retry-after': '-1' }),
    body: fc.oneof(
      page,
      anyJson,
      fc.constant('<html></html>'),
      fc.string().map((text) => `{${text}`),
    ),
  },
  { requiredKeys: ['status', 'body'] },
);

test('reads of users, groups and counts succeed or reject with a SyncError', () =>
  withMicrosoft(async (microsoft) => {
    const source = createEntraSource(settingsFor(microsoft));
    const plan = { attributes: ['employeeType'], managers: true };
    const reads = {
      users: async () => {
        for await (const read of source.read('users', null, plan)) expect(Array.isArray(read)).toBe(false);
      },
      groups: async () => {
        for await (const read of source.read('groups', null, plan)) expect(Array.isArray(read)).toBe(false);
      },
      count: () => source.count('users'),
    };
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.values(reads)), response, async (read, next) => {
        microsoft.graph = () => next;
        if (!(await succeededOrRefused(read))) refused += 1;
      }),
      runs(),
    );
    expect(refused).toBeGreaterThan(0);
    expect(microsoft.requestLines.filter((line) => !/^(GET|POST \/v1\.0\/\$batch)/.test(line))).toEqual([]);
  }));
