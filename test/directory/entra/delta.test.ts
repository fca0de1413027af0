import { expect, test } from '@jest/globals';
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import { readDelta } from '../../../directory/entra/read/delta.ts';
import type { DirectoryPage, DirectoryStream, ReadPlan } from '../../../directory/source.ts';
import { ConfigurationError, ContractError, CursorExpiredError } from '../../../domain/errors.ts';
import { failureText, rejection } from './failures.ts';
import {
  type FakeMicrosoft,
  type FakeReply,
  graphError,
  graphFor,
  settingsFor,
  withMicrosoft,
} from './fake-microsoft.ts';

const ada = { id: 'ada', displayName: 'Ada Example', userPrincipalName: 'ada@contoso.example' };

interface Round {
  cursor?: string;
  plan?: Partial<ReadPlan>;
}

/** Reads a stream whose pages come one after the other, each with a nextLink to the following one. */
async function readPages(
  microsoft: FakeMicrosoft,
  stream: DirectoryStream,
  pages: unknown[][],
  { cursor, plan = {} }: Round = {},
) {
  const link = (name: string) => `${microsoft.origin}/v1.0/${stream}/delta?${name}`;
  microsoft.graph = (): FakeReply => {
    const page = microsoft.requests.length;
    const next = page < pages.length ? { '@odata.nextLink': link(`$skiptoken=${page}`) } : {};
    const end = page >= pages.length ? { '@odata.deltaLink': link('$deltatoken=end') } : {};
    return { body: { value: pages[page - 1], ...next, ...end } };
  };
  return await collect(microsoft, stream, cursor ? link(cursor) : null, plan);
}

async function collect(
  microsoft: FakeMicrosoft,
  stream: DirectoryStream,
  cursor: string | null = null,
  plan: Partial<ReadPlan> = {},
): Promise<DirectoryPage[]> {
  const pages: DirectoryPage[] = [];
  const source = createEntraSource(settingsFor(microsoft));
  for await (const page of source.read(stream, cursor, { attributes: [], managers: false, ...plan })) {
    pages.push(page);
  }
  return pages;
}

const entriesOf = (pages: DirectoryPage[]) => pages.flatMap((page) => page.entries);

test('the first request names what is tracked, and later ones are the links as they came', () =>
  withMicrosoft(async (microsoft) => {
    await readPages(microsoft, 'users', [[ada], [], []], {
      plan: { attributes: ['employeeType', 'city', 'mail'], managers: true },
    });
    expect(microsoft.asked).toEqual([
      'GET /v1.0/users/delta?$select=id,displayName,userPrincipalName,mail,proxyAddresses,accountEnabled,userType,' +
        'externalUserState,department,jobTitle,companyName,employeeType,employeeId,employeeHireDate,officeLocation,city,manager',
      'GET /v1.0/users/delta?$skiptoken=1',
      'GET /v1.0/users/delta?$skiptoken=2',
    ]);
  }));

test('groups are tracked with their members', () =>
  withMicrosoft(async (microsoft) => {
    await readPages(microsoft, 'groups', [[]]);
    expect(microsoft.asked).toEqual(['GET /v1.0/groups/delta?$select=id,displayName,members']);
  }));

test('a round goes on over empty pages, and only its last page has a cursor', () =>
  withMicrosoft(async (microsoft) => {
    const pages = await readPages(microsoft, 'users', [[], [ada], []]);
    expect(pages.map((page) => [page.entries.length, page.nextCursor !== null])).toEqual([
      [0, false],
      [1, false],
      [0, true],
    ]);
  }));

test('an incremental round begins at its cursor', () =>
  withMicrosoft(async (microsoft) => {
    await readPages(microsoft, 'users', [[ada]], { cursor: '$deltatoken=a%2Bb~_-c' });
    expect(microsoft.asked).toEqual(['GET /v1.0/users/delta?$deltatoken=a%2Bb~_-c']);
  }));

test('a round that simply stops has no cursor, so that it counts as incomplete', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => ({ body: { value: [ada] } });
    const pages = await collect(microsoft, 'users');
    expect(pages.map((page) => page.nextCursor)).toEqual([null]);
  }));

test('the same cursor may come back when nothing changed', () =>
  withMicrosoft(async (microsoft) => {
    const cursor = `${microsoft.origin}/v1.0/groups/delta?$deltatoken=same`;
    microsoft.graph = () => ({ body: { value: [], '@odata.deltaLink': cursor } });
    expect((await collect(microsoft, 'groups', cursor)).at(-1)?.nextCursor).toBe(cursor);
  }));

test('a link that comes twice in one round ends it with an error', () =>
  withMicrosoft(async (microsoft) => {
    const link = (name: number) => `${microsoft.origin}/v1.0/users/delta?$skiptoken=${name}`;
    microsoft.graph = () => ({ body: { value: [], '@odata.nextLink': link(microsoft.requests.length % 2) } });
    const error = await rejection(collect(microsoft, 'users'));
    expect(error).toBeInstanceOf(ContractError);
    expect(microsoft.requests).toHaveLength(3);
    expect(failureText(error)).not.toContain('skiptoken');
  }));

test('pages without end are given up', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => {
      const next = `${microsoft.origin}/v1.0/users/delta?$skiptoken=${microsoft.requests.length}`;
      return { body: { value: [], '@odata.nextLink': next } };
    };
    const plan = { attributes: [], managers: false };
    const read = readDelta({ graph: graphFor(microsoft), stream: 'users', cursor: null, plan, pagesMax: 5 });
    const count = async () => {
      for await (const page of read) expect(page.nextCursor).toBeNull();
    };
    expect(await rejection(count())).toBeInstanceOf(ContractError);
    expect(microsoft.requests).toHaveLength(5);
  }));

test('a page with both links is no end', () =>
  withMicrosoft(async (microsoft) => {
    const link = (name: string) => `${microsoft.origin}/v1.0/users/delta?${name}`;
    microsoft.graph = () => ({
      body: { value: [], '@odata.nextLink': link('$skiptoken=1'), '@odata.deltaLink': link('$deltatoken=1') },
    });
    expect(await rejection(collect(microsoft, 'users'))).toBeInstanceOf(ContractError);
  }));

test('an entity that comes several times in one round is told each time, in order', () =>
  withMicrosoft(async (microsoft) => {
    const pages = await readPages(
      microsoft,
      'users',
      [
        [
          { id: 'ada', displayName: 'Old' },
          { id: 'ada', displayName: 'New' },
        ],
        [
          { id: 'ada', '@removed': { reason: 'changed' } },
          { id: 'ada', displayName: 'Back' },
        ],
      ],
      { cursor: '$deltatoken=1' },
    );
    expect(entriesOf(pages)).toEqual([
      { type: 'person', id: 'ada', patch: { name: 'Old' } },
      { type: 'person', id: 'ada', patch: { name: 'New' } },
      { type: 'removed', stream: 'users', id: 'ada', purged: false },
      { type: 'person', id: 'ada', patch: { name: 'Back' } },
    ]);
  }));

test('a removal for good is told from one that may be taken back', () =>
  withMicrosoft(async (microsoft) => {
    const removals = [
      { id: 'one', '@removed': { reason: 'deleted' } },
      { id: 'two', '@removed': {} },
    ];
    expect(entriesOf(await readPages(microsoft, 'groups', [removals]))).toEqual([
      { type: 'removed', stream: 'groups', id: 'one', purged: true },
      { type: 'removed', stream: 'groups', id: 'two', purged: false },
    ]);
  }));

test('members are users and groups; devices, contacts and service principals are left out', () =>
  withMicrosoft(async (microsoft) => {
    const members = ['user', 'group', 'device', 'orgContact', 'servicePrincipal'].map((type) => ({
      '@odata.type': `#microsoft.graph.${type}`,
      id: type,
    }));
    const group = { id: 'guild', displayName: 'Design Guild', 'members@delta': members };
    const left = { id: 'guild', 'members@delta': [{ id: 'bob', '@removed': { reason: 'deleted' } }] };
    expect(entriesOf(await readPages(microsoft, 'groups', [[group], [left]]))).toEqual([
      { type: 'group', id: 'guild', patch: { name: 'Design Guild' } },
      { type: 'member', groupId: 'guild', memberId: 'user', memberKind: 'user', removed: false },
      { type: 'member', groupId: 'guild', memberId: 'group', memberKind: 'group', removed: false },
      { type: 'group', id: 'guild', patch: {} },
      { type: 'member', groupId: 'guild', memberId: 'bob', memberKind: 'user', removed: true },
    ]);
  }));

test('a wall of nulls raises a doubt on its page and clears nothing', () =>
  withMicrosoft(async (microsoft) => {
    const empty = { id: 'bob', displayName: null, userPrincipalName: null, mail: null, department: null };
    for (const cursor of [undefined, '$deltatoken=1']) {
      microsoft.requests.length = 0;
      const pages = await readPages(microsoft, 'users', [[ada], [empty, ada]], cursor ? { cursor } : {});
      expect(pages.map((page) => page.doubts.length)).toEqual([0, 1]);
      expect(pages[1]?.doubts[0]).toMatch(/1 of 2 people on page 2 .*User\.Read\.All/);
      expect(pages[1]?.entries[0]).toEqual({ type: 'person', id: 'bob', patch: {} });
    }
  }));

test('nothing but ids is a wall in a whole read and an ordinary change in an incremental one', () =>
  withMicrosoft(async (microsoft) => {
    const whole = await readPages(microsoft, 'users', [[{ id: 'bob' }]]);
    expect(whole[0]?.doubts).toHaveLength(1);
    microsoft.requests.length = 0;
    const changes = await readPages(microsoft, 'users', [[{ id: 'bob' }]], { cursor: '$deltatoken=1' });
    expect(changes[0]?.doubts).toEqual([]);
  }));

test('a cursor that the service refuses for whatever reason means: read whole', () =>
  withMicrosoft(async (microsoft) => {
    const cursor = `${microsoft.origin}/v1.0/users/delta?$deltatoken=malformed`;
    for (const status of [400, 404, 410]) {
      microsoft.graph = () => ({ status, body: graphError('Request_BadRequest', 'Badly formed token.') });
      const error = await rejection(collect(microsoft, 'users', cursor));
      expect(error).toBeInstanceOf(CursorExpiredError);
      expect(failureText(error)).not.toContain('malformed');
    }
  }));

test('an attribute that the service does not know is a fault of the tenant file', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => ({ status: 400, body: graphError('Request_BadRequest') });
    const refused = await rejection(collect(microsoft, 'users', null, { attributes: ['emploeeType'] }));
    expect(refused).toBeInstanceOf(ConfigurationError);
    expect(refused).toMatchObject({ message: expect.stringContaining('emploeeType') });
    expect(await rejection(collect(microsoft, 'users'))).toBeInstanceOf(ContractError);
  }));

test.each(['signInActivity', 'mail&$top=1', ''])(
  'the attribute "%s" is refused without a request',
  (attribute) =>
    withMicrosoft(async (microsoft) => {
      expect(await rejection(collect(microsoft, 'users', null, { attributes: [attribute] }))).toBeInstanceOf(
        ConfigurationError,
      );
      expect(microsoft.requests).toHaveLength(0);
    }),
);

test('cursors belong to what is tracked, to the tenant and to the service, in whatever order attributes are named', () =>
  withMicrosoft(async (microsoft) => {
    const source = createEntraSource(settingsFor(microsoft));
    const scope = source.cursorScope({ attributes: ['city', 'country'], managers: false });
    expect(source.cursorScope({ attributes: ['country', 'city'], managers: false })).toBe(scope);
    expect(source.cursorScope({ attributes: ['city'], managers: false })).not.toBe(scope);
    expect(source.cursorScope({ attributes: ['city', 'country'], managers: true })).not.toBe(scope);
    const plan = { attributes: ['city', 'country'], managers: false };
    for (const changes of [
      { tenantId: 'another' },
      { endpoints: { login: 'https://a', graph: 'https://a' } },
    ]) {
      expect(createEntraSource(settingsFor(microsoft, changes)).cursorScope(plan)).not.toBe(scope);
    }
  }));

test('an interrupted round goes on at its place, and a place that is refused means reading anew', () =>
  withMicrosoft(async (microsoft) => {
    const link = (name: string) => `${microsoft.origin}/v1.0/users/delta?${name}`;
    const source = createEntraSource(settingsFor(microsoft));
    const place = { next: link('$skiptoken=7'), pages: 7 };
    const goOn = async () => {
      const pages: DirectoryPage[] = [];
      for await (const page of source.read('users', null, { attributes: [], managers: false }, place))
        pages.push(page);
      return pages;
    };
    microsoft.graph = () => ({ body: { value: [ada], '@odata.deltaLink': link('$deltatoken=end') } });
    expect(await goOn()).toMatchObject([{ next: null, nextCursor: link('$deltatoken=end') }]);
    expect(microsoft.requests.map(({ path }) => path)).toEqual(['/v1.0/users/delta?$skiptoken=7']);
    microsoft.graph = () => ({ status: 400, body: graphError('BadRequest') });
    expect(await rejection(goOn())).toBeInstanceOf(CursorExpiredError);
  }));
