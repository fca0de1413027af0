/**
 * The same facts in other forms: links, nulls, batches. What docs/reference/microsoft-graph.md leaves open must make no
 * difference.
 */
import { expect, test } from '@jest/globals';
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import type { DirectoryPage, DirectoryStream, ReadPlan } from '../../../directory/source.ts';
import { CursorExpiredError, ThrottledError } from '../../../domain/errors.ts';
import { rejection } from './failures.ts';
import {
  type FakeMicrosoft,
  type FakeResponse,
  graphError,
  settingsFor,
  withMicrosoft,
} from './fake-microsoft.ts';

const plan: ReadPlan = { attributes: [], managers: false };
const named = (id: string) => ({
  id,
  displayName: `Name of ${id}`,
  userPrincipalName: `${id}@contoso.example`,
});

async function read(microsoft: FakeMicrosoft, stream: DirectoryStream, cursor: string | null = null) {
  const pages: DirectoryPage[] = [];
  const source = createEntraSource(settingsFor(microsoft));
  for await (const page of source.read(stream, cursor, plan)) pages.push(page);
  return { entries: pages.flatMap(({ entries }) => entries), cursor: pages.at(-1)?.nextCursor };
}

/** Serves one page after the other at any address. */
function servePages(microsoft: FakeMicrosoft, pages: object[]): void {
  microsoft.graph = () => ({ body: pages[microsoft.requests.length - 1] });
}

test.each([
  '/v1.0/users/delta?$deltatoken=abc%2Bd%3D%3D&$select=id,displayName',
  '/v1.0/users/delta?$select=displayName&$deltatoken=a=b==',
  '/v1.0/users/microsoft.graph.delta()?$skiptoken=x&$select=mail,id&$select=displayName&api=1',
  '/v1.0/users/delta()?%24deltatoken=x%27y&https://elsewhere.example/=1',
  '/other/version/delta?token',
])('the link %s is sent byte for byte, as a cursor and as a next page', (link) =>
  withMicrosoft(async (microsoft) => {
    const end = `${microsoft.origin}${link}`;
    servePages(microsoft, [
      { value: [named('ada')], '@odata.nextLink': `${end}&page=2` },
      { value: [], '@odata.deltaLink': end },
    ]);
    expect(await read(microsoft, 'users', end)).toMatchObject({ cursor: end });
    expect(microsoft.requestLines).toEqual([`GET ${link}`, `GET ${link}&page=2`]);
  }),
);

test('a cursor of another host gets no request, and the stream is read whole', () =>
  withMicrosoft(async (microsoft) => {
    const cursor = 'https://elsewhere.example/v1.0/users/delta?$deltatoken=x';
    expect(await rejection(read(microsoft, 'users', cursor))).toBeInstanceOf(CursorExpiredError);
    expect(microsoft.requests).toEqual([]);
  }));

test('links and members that are null count as absent', () =>
  withMicrosoft(async (microsoft) => {
    servePages(microsoft, [
      {
        value: [{ id: 'guild', displayName: 'Guild', 'members@delta': null, '@removed': null }],
        '@odata.nextLink': `${microsoft.origin}/v1.0/groups/delta?$skiptoken=1`,
        '@odata.deltaLink': null,
      },
      {
        '@odata.nextLink': '',
        '@odata.deltaLink': `${microsoft.origin}/v1.0/groups/delta?$deltatoken=1`,
        value: [{ 'members@delta': [{ id: 'ada', '@odata.type': null, '@removed': null }], id: 'guild' }],
      },
    ]);
    expect((await read(microsoft, 'groups')).entries).toEqual([
      { type: 'group', id: 'guild', patch: { name: 'Guild' } },
      { type: 'group', id: 'guild', patch: {} },
      { type: 'member', groupId: 'guild', memberId: 'ada', memberKind: 'user', removed: false },
    ]);
  }));

test.each([
  ['a whole read', null, { userType: null }, 'guest'],
  ['a change that names the sign-in name', 'cursor', { userType: null }, 'guest'],
  ['a change of another property', 'cursor', { userType: null, userPrincipalName: undefined }, undefined],
  ['a change without it', 'cursor', {}, undefined],
])('the sign-in name decides without a user type, its absence does not: %s', (_name, cursor, facts, kind) =>
  withMicrosoft(async (microsoft) => {
    const link = `${microsoft.origin}/v1.0/users/delta?$deltatoken=1`;
    const guest = { ...named('bo'), userPrincipalName: 'bo_partner.example#ext#@contoso.example', ...facts };
    servePages(microsoft, [{ value: [guest], '@odata.deltaLink': link }]);
    const { entries } = await read(microsoft, 'users', cursor && link);
    expect(entries).toMatchObject([{ type: 'person', id: 'bo' }]);
    expect(entries[0]?.type === 'person' && entries[0].patch.kind).toBe(kind);
  }),
);

/** Responds to a batch of point reads with these parts. */
const batchOf = (microsoft: FakeMicrosoft, responses: object[]) => {
  microsoft.graph = ({ path }): FakeResponse =>
    path.endsWith('$batch') ? { body: { responses } } : { status: 404, body: graphError('NotFound') };
};
const confirm = (microsoft: FakeMicrosoft, people: string[]) =>
  createEntraSource(settingsFor(microsoft)).confirm(people, [], plan);

test('parts of a batch may be in any order, with ids as numbers and statuses as text', () =>
  withMicrosoft(async (microsoft) => {
    batchOf(microsoft, [
      { id: 2, status: '404', body: graphError('Request_ResourceNotFound') },
      { id: '1', status: '200', headers: null, body: named('ada') },
    ]);
    expect(await confirm(microsoft, ['ada', 'bob'])).toMatchObject([
      { personId: 'ada', person: { id: 'ada' } },
      { personId: 'bob', person: null },
    ]);
  }));

test.each(['Retry-After', 'retry-after', 'RETRY-AFTER'])(
  'the wait of a throttled part is read from %s',
  (name) =>
    withMicrosoft(async (microsoft) => {
      batchOf(microsoft, [
        { id: '2', status: 429, headers: { [name]: '2.128' }, body: { error: { code: 'TooManyRequests' } } },
        { id: '1', status: 200, body: named('ada') },
      ]);
      const error = await rejection(confirm(microsoft, ['ada', 'bob']));
      expect(error).toBeInstanceOf(ThrottledError);
      expect(error).toMatchObject({ retryAfterMs: 2_128 });
    }),
);
