import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { contoso } from '../../../simulators/contoso.ts';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { isRecord } from '../../../simulators/simulated-response.ts';
import { worldOf } from '../world.ts';
import { OktaClient } from './okta-client.ts';

/**
 * Okta's published schemas (samples/okta/schemas.json) and samples in their form (docs/reference/okta.md). A sample's
 * values are made up, so only its form counts.
 */
const sampleFile = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'samples', 'okta', `${name}.json`), 'utf8'));
const sampleBody = (name: string) => sampleFile(name).response.body;

const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
addFormats.default(ajv, ['date-time', 'email']);
ajv.addSchema(closed(sampleFile('schemas')), 'okta');

/** Lets objects have only the properties of their schema, where it names all of them. */
function closed(schema: unknown): object {
  const open = ['allOf', 'oneOf', 'anyOf', 'additionalProperties', '$defs'];
  const visit = (node: unknown, isPart: boolean): unknown => {
    if (Array.isArray(node)) return node.map((entry) => visit(entry, isPart));
    if (!isRecord(node)) return node;
    const inner = Object.entries(node).map(([key, value]) => [key, visit(value, key === 'allOf')]);
    const result = Object.fromEntries(inner);
    const isClosed = isRecord(node.properties) && !isPart && !open.some((key) => key in node);
    return isClosed && node.type === 'object' ? { ...result, additionalProperties: false } : result;
  };
  const all = visit(schema, false);
  return isRecord(all) && isRecord(all.$defs) ? { ...all, $defs: opened(all.$defs) } : {};
}

/** Schemas that others extend may be joined by more, and people and groups have custom attributes. */
function opened(definitions: Record<string, unknown>): Record<string, unknown> {
  const extensions = JSON.stringify(definitions).matchAll(/"allOf":\[([^\]]*)\]/g);
  const extended = [...extensions].flatMap(([, parts = '']) =>
    [...parts.matchAll(/#\/\$defs\/(\w+)/g)].map(([, name]) => name),
  );
  const open = [...extended, 'OktaUserGroupProfile', 'UserProfile', 'LogTarget'];
  return Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) =>
      open.includes(name) && isRecord(schema)
        ? [name, { ...schema, additionalProperties: true }]
        : [name, schema],
    ),
  );
}

/** What is wrong with objects, each kind once. */
function problems(schema: string, objects: unknown[]): string[] {
  const validate = ajv.getSchema(`okta#/$defs/${schema}`);
  if (!validate) throw new Error(`There is no schema ${schema}.`);
  const found = objects.flatMap((object) => (validate(object) ? [] : (validate.errors ?? [])));
  const told = found.map(({ instancePath, message, params }) => {
    const path = instancePath.replace(/\/\d+/g, '/#');
    return `${path} ${message} ${JSON.stringify(params)}`;
  });
  return [...new Set(told)].sort();
}

let sandbox: Sandbox;
let okta: OktaClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  okta = new OktaClient(worldOf(sandbox), () => new Date());
});
afterAll(() => sandbox.close());

const { appId } = contoso.okta;
const idOf = (name: string) => sandbox.okta.state.user(name).id;
const groupIdOf = (name: string) => sandbox.okta.state.group(name).id;

test.each([
  ['User', () => '/users?limit=200', 'users-page'],
  ['User', () => '/users?filter=status eq "DEPROVISIONED"', 'users-page'],
  ['User', () => `/groups/${groupIdOf('Timely Users')}/users`, 'users-page'],
  ['Group', () => '/groups?expand=stats', 'groups-page-with-stats'],
  ['Group', () => `/users/${idOf('Filippa Berg')}/groups`, 'user-groups'],
  ['AppUser', () => `/apps/${appId}/users`, 'app-users-page'],
  ['ApplicationGroupAssignment', () => `/apps/${appId}/groups`, 'app-groups-page'],
  ['StandardRole', () => `/users/${idOf('Eleanor Vance')}/roles`, 'admin-roles-of-user-direct-and-by-group'],
  ['LogEvent', () => '/logs?sortOrder=ASCENDING&limit=1000', 'logs-polling-page'],
])('lists of %s keep to the schema: %s', async (schema, path, sample) => {
  const { json, status } = await okta.get(encodeURI(path()));
  expect(status).toBe(200);
  expect(json.length).toBeGreaterThan(0);
  // Okta's schema of events knows neither nulls nor devices, and its samples have them.
  const known = problems(schema, sampleBody(sample));
  expect(problems(schema, json).filter((problem) => !known.includes(problem))).toEqual([]);
  expect(keysOf(json[0])).toEqual(keysOf(sampleBody(sample)[0]));
});

/** Keys at all depths with the kinds of their values; profiles differ from org to org. */
function keysOf(value: unknown): unknown {
  if (value === null) return 'string';
  if (!isRecord(value)) return Array.isArray(value) ? 'list' : typeof value;
  const { profile: _, _embedded: __, ...rest } = value;
  return Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, keysOf(inner)]));
}

describe('single objects', () => {
  test.each([
    ['ACTIVE', 'Chen Wei'],
    ['DEPROVISIONED', 'Ulrike Sommer'],
    ['SUSPENDED', 'Tobias Kern'],
    ['STAGED', 'Xaver Huber'],
  ])('of a user who is %s have the links of the sample', async (status, name) => {
    const { json } = await okta.get(`/users/${idOf(name)}`);
    expect(problems('UserGetSingleton', [json])).toEqual([]);
    expect(json.status).toBe(status);
    expect(Object.keys(json._links)).toEqual(Object.keys(sampleBody(`user-${status}`)._links));
  });

  test.each([
    ['404 user by id: deleted, or hidden by the resource set', '/users/00u000000000000000zz'],
    ['404 group', '/groups/00g000000000000000zz/users'],
    ['400 filter on an attribute that may only be searched', '/users?filter=profile.department eq "Design"'],
    ['400 a date that is none (logs)', '/logs?since=yesterday'],
    ['400 filter of the log', '/logs?filter=published gt "2026-01-01T00:00:00Z"'],
  ])('are errors as in the sample: %s', async (name, path) => {
    const { status, json } = await okta.get(encodeURI(path));
    const { response } = sampleFile('errors-api')[name];
    expect({ status, ...json }).toEqual({
      status: response.status,
      ...response.body,
      errorId: expect.stringMatching(/^oae/),
    });
    expect(problems('Error', [json])).toEqual([]);
  });

  test('list assignees with their pages in the body', async () => {
    const { json, headers } = await okta.get('/iam/assignees/users?limit=1');
    expect(problems('RoleAssignedUsers', [json])).toEqual([]);
    const { value } = sampleBody('admin-roles-assignees');
    expect(keysOf(json.value[0])).toEqual(keysOf(value[0]));
    expect(headers.link).toBeUndefined();
  });

  test('show rules and keys as in the schemas', async () => {
    await okta.order('createRule', {
      name: 'Designers',
      attribute: 'department',
      value: 'Design',
      groups: ['Design Guild'],
    });
    expect(problems('GroupRule', (await okta.get('/groups/rules')).json)).toEqual([]);
    const { json } = await okta.get(`/apps/${contoso.okta.clientId}/credentials/jwks`);
    expect(problems('OAuth2ClientJsonSigningKeyResponse', json)).toEqual([]);
    expect(json).toEqual([expect.objectContaining({ kid: 'K1', status: 'ACTIVE' })]);
  });
});
