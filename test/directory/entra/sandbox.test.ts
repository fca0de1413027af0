/** The adapter against the sandbox's Microsoft, which was written independently. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import type {
  DirectoryEntry,
  DirectorySource,
  DirectoryStream,
  ReadPlan,
} from '../../../directory/source.ts';
import { CursorExpiredError } from '../../../domain/errors.ts';
import { dayMs } from '../../../domain/time.ts';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { rejection } from './failures.ts';
import { trust } from './trust.ts';

const plan = { attributes: ['employeeType'], managers: true };

let sandbox: Sandbox;
let source: DirectorySource;
let now: Date;

beforeAll(async () => {
  now = new Date();
  sandbox = await startSandbox({ clock: () => now });
  trust(sandbox.caPem);
  const { tenantId, clientId, clientSecret } = sandbox.credentials;
  source = createEntraSource({
    tenantId,
    clientId,
    credential: { kind: 'secret', secret: clientSecret },
    cloud: 'global',
    endpoints: { login: sandbox.microsoft.url, graph: sandbox.microsoft.url },
  });
});

afterAll(() => sandbox.close());

async function readRound(stream: DirectoryStream, cursor: string | null = null, asked: ReadPlan = plan) {
  const entries: DirectoryEntry[] = [];
  const doubts: string[] = [];
  let pages = 0;
  let nextCursor: string | null = null;
  for await (const page of source.read(stream, cursor, asked)) {
    pages += 1;
    entries.push(...page.entries);
    doubts.push(...page.doubts);
    nextCursor = page.nextCursor;
  }
  return { entries, doubts, pages, nextCursor };
}

const directory = () => sandbox.microsoft.state;
const idOfUser = (name: string) => directory().user(name).id;
const idOfGroup = (name: string) => directory().group(name).id;
const liveUsers = () => directory().objects.users.filter((user) => user.status === 'live');

/** The live people after the entries of a round, with all their properties. */
function peopleAfter(entries: DirectoryEntry[]): Map<string, Record<string, unknown>> {
  const people = new Map<string, Record<string, unknown>>();
  for (const entry of entries) {
    if (entry.type === 'person') people.set(entry.id, { ...people.get(entry.id), ...entry.patch });
    if (entry.type === 'removed') people.delete(entry.id);
  }
  return people;
}

const memberships = (entries: DirectoryEntry[]) =>
  entries
    .flatMap((entry) =>
      entry.type === 'member' && !entry.removed ? [`${entry.groupId} ${entry.memberId}`] : [],
    )
    .toSorted();

test('a whole read finds all people without a doubt', async () => {
  const round = await readRound('users');
  const people = peopleAfter(round.entries);
  expect([...people.keys()].toSorted()).toEqual(
    liveUsers()
      .map((user) => user.id)
      .toSorted(),
  );
  expect(round.doubts).toEqual([]);
  expect(round.nextCursor).not.toBeNull();
  expect(await source.count('users')).toBe(people.size);
  expect(people.get(idOfUser('Nils Haug'))).toMatchObject({
    name: 'Nils Haug',
    kind: 'guest',
    invitation: 'accepted',
    userPrincipalName: expect.stringContaining('#EXT#'),
  });
  expect(people.get(idOfUser('Xaver Huber'))).toMatchObject({ kind: 'guest', invitation: 'pending' });
  expect(people.get(idOfUser('Tobias Kern'))).toMatchObject({ enabled: false, kind: 'member' });
  expect(people.get(idOfUser('Noah Becker'))?.mail ?? null).toBeNull();
  expect(people.get(idOfUser('Grace Hall'))).toMatchObject({
    mail: 'Grace.Hall@CONTOSO.EXAMPLE',
    managerId: idOfUser('Oscar Nyberg'),
    attributes: { department: 'Engineering', jobTitle: 'Software Engineer', employeeType: 'Employee' },
  });
});

test('small pages have the same entries as large ones', async () => {
  const { options } = sandbox.microsoft;
  const large = { ...options.deltaPage };
  const whole = { users: await readRound('users'), groups: await readRound('groups') };
  options.deltaPage = { objects: 7, links: 3 };
  try {
    const users = await readRound('users');
    const groups = await readRound('groups');
    expect(users.pages).toBeGreaterThan(5);
    expect(groups.pages).toBeGreaterThan(5);
    expect(peopleAfter(users.entries)).toEqual(peopleAfter(whole.users.entries));
    expect(memberships(groups.entries)).toEqual(memberships(whole.groups.entries));
  } finally {
    options.deltaPage = large;
  }
});

test('groups have their direct members, nested groups included', async () => {
  const { entries } = await readRound('groups');
  expect(entries).toContainEqual({
    type: 'member',
    groupId: idOfGroup('Timely Users'),
    memberId: idOfGroup('Finance Leads'),
    memberKind: 'group',
    removed: false,
  });
  expect(entries).toContainEqual({
    type: 'group',
    id: idOfGroup('Design Guild'),
    patch: { name: 'Design Guild' },
  });
});

test('an incremental round has the changes since, and nothing else', async () => {
  const users = await readRound('users');
  const groups = await readRound('groups');
  const joined = directory().join({
    displayName: 'Nora Neu',
    department: 'Design',
    groups: ['Design Guild'],
  });
  const left = directory().leave('Paula Reyes');
  directory().change('Grace Hall', { department: null });
  const changes = (await readRound('users', users.nextCursor)).entries;
  expect(new Set(changes.map((entry) => 'id' in entry && entry.id))).toEqual(
    new Set([joined.id, left.id, idOfUser('Grace Hall')]),
  );
  expect(changes).toContainEqual({ type: 'removed', stream: 'users', id: left.id, purged: false });
  expect(peopleAfter(changes).get(joined.id)).toMatchObject({ name: 'Nora Neu', enabled: true });
  expect(peopleAfter(changes).get(idOfUser('Grace Hall'))).toMatchObject({
    attributes: { department: null },
  });
  expect(memberships((await readRound('groups', groups.nextCursor)).entries)).toEqual([
    `${idOfGroup('Design Guild')} ${joined.id}`,
  ]);
});

test('point reads show who is gone, who is disabled, and who is in a group through another one', async () => {
  const nested = directory().members(directory().group('Finance Interns'), false)[0]?.id ?? '';
  const gone = directory().leave('Samir Patel').id;
  const groupIds = [idOfGroup('Timely Users'), idOfGroup('Executives')];
  expect(await source.confirm([gone, idOfUser('Tobias Kern'), nested], groupIds, plan)).toMatchObject([
    { personId: gone, person: null, groupIds: [] },
    { person: { name: 'Tobias Kern', enabled: false }, groupIds: [] },
    { personId: nested, person: { enabled: true }, groupIds: [idOfGroup('Timely Users')] },
  ]);
});

test('reads find privileged people and assignments to the application', async () => {
  expect(await source.privileged()).toEqual([
    { personId: idOfUser('Henrik Lund'), roles: ['Global Administrator'] },
  ]);
  expect(await source.appAssignments()).toEqual([idOfGroup('Timely Users')]);
});

test('a cursor that is too old leads to a whole read, and the expired token is replaced', async () => {
  const { nextCursor } = await readRound('users');
  now = new Date(now.getTime() + 8 * dayMs);
  expect(await rejection(readRound('users', nextCursor))).toBeInstanceOf(CursorExpiredError);
  expect((await readRound('users')).entries.length).toBeGreaterThan(0);
});

test('knows an AI agent in a whole read, after a change, and by a point read', async () => {
  const agent = directory().join({
    displayName: 'Planning Agent',
    properties: { '@odata.type': '#microsoft.graph.agentUser' },
  });
  directory().addToGroup(agent.id, 'Design Guild');
  const { entries, nextCursor } = await readRound('users');
  expect(peopleAfter(entries).get(agent.id)).toMatchObject({ name: 'Planning Agent', isAgent: true });
  directory().change(agent.id, { jobTitle: 'Planner' });
  const changes = peopleAfter((await readRound('users', nextCursor)).entries);
  expect(changes.get(agent.id)).toMatchObject({ isAgent: true });
  const [fact] = await source.confirm([agent.id], [idOfGroup('Design Guild')], plan);
  expect(fact).toMatchObject({ person: { isAgent: true }, groupIds: [idOfGroup('Design Guild')] });
  directory().purge(agent.id);
});

test('reads extension attributes and directory extensions, and follows their changes', async () => {
  const extension = 'extension_8f0c2a4e111122223333444455556666_costCentre';
  const named = { attributes: ['extensionAttribute1', extension], managers: false };
  const onPremisesExtensionAttributes = { extensionAttribute1: 'Blue', extensionAttribute2: 'Red' };
  const { id } = directory().join({
    displayName: 'Exa Tension',
    properties: { onPremisesExtensionAttributes, [extension]: 'North' },
  });
  const attributesOf = async (cursor: string | null) => {
    const { entries, nextCursor } = await readRound('users', cursor, named);
    return { attributes: peopleAfter(entries).get(id)?.attributes, nextCursor };
  };
  const first = await attributesOf(null);
  expect(first.attributes).toMatchObject({ extensionAttribute1: 'Blue', [extension]: 'North' });
  directory().change(id, {
    onPremisesExtensionAttributes: { extensionAttribute2: 'Red' },
    [extension]: 'South',
  });
  const changed = await attributesOf(first.nextCursor);
  expect(changed.attributes).toMatchObject({ extensionAttribute1: null, [extension]: 'South' });
  const [fact] = await source.confirm([id], [], named);
  expect(fact?.person?.attributes).toEqual({ [extension]: 'South' });
  directory().purge(id);
});
