/** Any response from SAP's address is read, or leads to a SyncError. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSapSource } from '../../directory/sap/sap-source.ts';
import { jsonWith, runs, succeededOrRefused } from './inputs.ts';

const sapUrn = 'urn:ietf:params:scim:schemas:extension:sap:2.0:User';
const groupUrn = 'urn:ietf:params:scim:schemas:extension:sap:2.0:Group';
const anyJson = jsonWith('id', 'value', 'active', 'emails', 'members', 'meta', 'type', 'status', sapUrn);
const orUsual = (...usual: unknown[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...usual) }, anyJson);
const resource = fc.record(
  {
    id: orUsual('a1', 'b2', 'c3'),
    active: orUsual(true, false),
    displayName: orUsual('Ada', 'None'),
    userType: orUsual('employee', 'public'),
    emails: orUsual([{ value: 'ada@contoso.example', primary: true }]),
    groups: orUsual([{ value: 'b2' }]),
    members: orUsual([
      { value: 'a1', type: 'User' },
      { value: 'c3', type: 'Group' },
    ]),
    meta: orUsual({ lastModified: '2026-03-07T09:00:00Z', version: 'v1' }),
    [sapUrn]: orUsual({ validTo: '2027-01-31T00:00:00Z' }),
    [groupUrn]: orUsual({ type: 'userGroup' }),
  },
  { requiredKeys: [] },
);
const list = fc.record(
  {
    totalResults: orUsual(0, 1, 2),
    nextId: orUsual('end', 'b2'),
    Resources: fc.oneof(fc.array(resource, { maxLength: 3 }), anyJson),
    status: orUsual('404'),
    schemas: orUsual(['urn:ietf:params:scim:api:messages:2.0:Error']),
  },
  { requiredKeys: [] },
);
const response = fc.record({
  status: fc.oneof(
    { weight: 4, arbitrary: fc.constant(200) },
    fc.constantFrom(201, 400, 401, 403, 404, 429, 500, 503),
  ),
  headers: fc.constantFrom({}, { 'retry-after': 'soon' }, { 'retry-after': '-1' }, { date: 'never' }),
  body: fc.oneof(
    list.map((each) => JSON.stringify(each)),
    resource.map((each) => JSON.stringify(each)),
    anyJson.map((each) => JSON.stringify(each)),
    fc.constant('<html></html>'),
    fc.string().map((text) => `{${text}`),
  ),
});

test('reads of people, groups and counts succeed or reject with a SyncError', async () => {
  let answers: { status: number; headers: Record<string, string>; body: string }[] = [];
  const source = createSapSource({
    host: 'contoso.accounts.ondemand.com',
    endpoint: 'https://localhost:1',
    credential: { kind: 'secret', clientId: 'id', secret: 'secret' },
    budget: { wait: async () => undefined, pause: async () => undefined },
    signIns: { refusedUntil: async () => null, refuse: async () => undefined },
    fetch: async () => {
      const { status, ...init } = answers.shift() ?? { status: 503, headers: {}, body: '' };
      return new Response(init.body, { status, headers: init.headers });
    },
  });
  const groups = { names: ['Ada', 'b2'], patterns: ['*'], assigned: false };
  const plan = { attributes: ['title', 'floor'], managers: true, groups };
  const reads = [
    async () => {
      for await (const read of source.read('users', null, plan)) expect(Array.isArray(read)).toBe(false);
    },
    async () => {
      for await (const read of source.read('groups', null, plan)) expect(Array.isArray(read)).toBe(false);
    },
    () => source.count('users'),
    () => source.confirm(['a1', 'b2'], ['c3'], plan),
    () => source.currentMembers(['b2']),
    () => source.existingGroups(['b2']),
  ];
  const outcomes = { succeeded: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...reads),
      fc.array(response, { minLength: 1, maxLength: 8 }),
      async (read, next) => {
        answers = [...next];
        outcomes[(await succeededOrRefused(read)) ? 'succeeded' : 'refused'] += 1;
      },
    ),
    runs(),
  );
  expect(Math.min(outcomes.succeeded, outcomes.refused)).toBeGreaterThan(0);
});
