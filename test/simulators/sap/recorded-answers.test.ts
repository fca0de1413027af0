import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { SapGroup, SapUser } from '../../../simulators/sap/directory/records.ts';
import { urns } from '../../../simulators/sap/directory/schemas.ts';
import type { SapState } from '../../../simulators/sap/directory/state.ts';
import { asEmail } from '../../../simulators/sap/directory/user-attributes.ts';
import { type SapWorld, withSap } from './sap-world.ts';

/**
 * Answers in the form of recorded ones (test/simulators/samples/sap/). The simulator has the same people and groups, and has
 * to give the same answers, value by value.
 */
const sample = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'samples', 'sap', `${name}.json`), 'utf8'));

// biome-ignore lint/suspicious/noExplicitAny: resources of samples
type Resource = any;
const dora = '303aaf4b-4d37-4dc1-a3ed-bb61398891eb';

const stampOf = ({ id, meta: { created, lastModified, version } }: Resource) => ({
  id,
  created,
  lastModified,
  version,
});

/** Returns the record of a user in a sample, without what the simulator works out itself. */
function userOf(resource: Resource): SapUser {
  const {
    id: _,
    meta: _meta,
    schemas: _schemas,
    active: _active,
    emails,
    groups: _groups,
    ...rest
  } = resource;
  const { emails: verifiedEmails, mailVerified: _mail, status, ...sap } = resource[urns.sapUser];
  const verified = (value: string) =>
    verifiedEmails.find((email: Resource) => email.value === value).verified;
  const shownName = rest.displayName === 'None' ? {} : { displayName: rest.displayName };
  const { displayName: _name, ...attributes } = rest;
  return {
    kind: 'user',
    ...stampOf(resource),
    status,
    blocked: false,
    emails: emails.map((email: Resource) => asEmail({ ...email, verified: verified(email.value) })),
    attributes: { ...attributes, ...shownName, [urns.sapUser]: sap },
  };
}

function groupOf(resource: Resource): SapGroup {
  const { id: _, meta: _meta, schemas: _schemas, members = [], ...attributes } = resource;
  return {
    kind: 'group',
    ...stampOf(resource),
    members: members.map(({ value }: Resource) => value),
    attributes,
  };
}

function fill(state: SapState): void {
  const pages = ['users-by-startid-1-first', 'users-by-startid-2-middle', 'users-by-startid-3-last'];
  const users = pages.flatMap((name) => sample(name).response.body.Resources);
  for (const user of users) state.add(userOf(user));
  for (const group of sample('groups-page').response.body.Resources) state.add(groupOf(group));
}

/** Puts another state of a person in the place of the one in the lists. */
function replace(state: SapState, name: string): void {
  const user = userOf(sample(name).response.body);
  const groups = state.groupIdsOf(user.id);
  state.drop(state.user(user.id));
  state.add(user);
  expect(state.groupIdsOf(user.id)).toEqual(groups);
}

async function expectSample(world: SapWorld, name: string): Promise<void> {
  const { request, response } = sample(name);
  const { pathname, search } = new URL(request.url);
  const answer = await world.get(`${pathname.slice('/scim'.length)}${search}`, { headers: request.headers });
  const origin = world.sap.url;
  const here = (text: string) => text.replaceAll('https://contoso.accounts.ondemand.com', origin);
  expect(answer.status).toBe(response.status);
  expect(answer.headers).toMatchObject(JSON.parse(here(JSON.stringify(response.headers))));
  expect(answer.json).toEqual(JSON.parse(here(JSON.stringify(response.body))));
}

test.each([
  'users-by-startid-1-first',
  'users-by-startid-2-middle',
  'users-by-startid-3-last',
  'users-by-index',
  'user-all-extensions',
  'groups-page',
  'groups-page-without-members',
  'group-with-members',
  'group-with-children',
  'error-400-children-on-list',
  'empty-result',
])('answers like %s', (name) => withSap({ fill }, (world) => expectSample(world, name)));

test.each(['user-inactive', 'user-new', 'user-expired'])('answers like %s', (name) =>
  withSap({ fill }, async (world) => {
    replace(world.sap.state, name);
    await expectSample(world, name);
  }),
);

test('answers like a directory whose people are gone', () =>
  withSap({ fill }, async (world) => {
    const gone = '43ee2c05-b6be-4fcc-9723-5f3426ac41ee';
    expect(world.sap.state.get(gone)).toBeUndefined();
    await expectSample(world, 'error-404-user');
    await expectSample(world, 'error-400-invalid-startid');
  }));

test('a blocked person is not found, unless the system asks for blocked people and may see them', () =>
  withSap({ fill }, async (world) => {
    const { state } = world.sap;
    state.behaviour.blockedMembers = 'stay';
    state.leave(dora);
    Object.assign(state.user(dora, true), stampOf(sample('user-blocked-2-asked-for').response.body));
    await expectSample(world, 'user-blocked-1-plain');
    expect((await world.get(`/Users/${dora}?blocked=true`)).status).toBe(403);
    state.system.authorizations.push('Manage Blocked Users');
    await expectSample(world, 'user-blocked-2-asked-for');
  }));

test('a refused sign-in and throttling look like the samples', () =>
  withSap({ fill }, async (world) => {
    const unauthorized = await world.request('/scim/Users');
    expect(unauthorized).toMatchObject({
      status: 401,
      headers: sample('error-401').response.headers,
      json: sample('error-401').response.body,
    });
    world.sap.faults.set('throttle', { retryAfter: 'nothing', times: 1 });
    await expectSample(world, 'throttled-429');
  }));
