import { expect, test } from '@jest/globals';
import { readDelta } from '../../../directory/entra/read/delta.ts';
import { ContractError } from '../../../domain/errors.ts';
import { failureText, rejection } from './failures.ts';
import { graphFor, withMicrosoft } from './fake-microsoft.ts';
import { ada, collect, entriesOf, readPages } from './read-stream.ts';

test('selects the tracked properties in the first request, and follows the links unchanged', () =>
  withMicrosoft(async (microsoft) => {
    await readPages(microsoft, 'users', [[ada], [], []], {
      plan: { attributes: ['employeeType', 'city', 'mail'], managers: true },
    });
    expect(microsoft.requestLines).toEqual([
      'GET /v1.0/users/delta?$select=id,displayName,userPrincipalName,mail,proxyAddresses,accountEnabled,userType,' +
        'externalUserState,department,jobTitle,companyName,employeeType,employeeId,employeeHireDate,officeLocation,city,manager',
      'GET /v1.0/users/delta?$skiptoken=1',
      'GET /v1.0/users/delta?$skiptoken=2',
    ]);
  }));

test('tracks groups with their members', () =>
  withMicrosoft(async (microsoft) => {
    await readPages(microsoft, 'groups', [[]]);
    expect(microsoft.requestLines).toEqual([
      'GET /v1.0/groups/delta?$select=id,displayName,visibility,members',
    ]);
  }));

test('continues over empty pages, and has a cursor on the last page only', () =>
  withMicrosoft(async (microsoft) => {
    const pages = await readPages(microsoft, 'users', [[], [ada], []]);
    expect(pages.map((page) => [page.entries.length, page.nextCursor !== null])).toEqual([
      [0, false],
      [1, false],
      [0, true],
    ]);
  }));

test('begins an incremental round at its cursor', () =>
  withMicrosoft(async (microsoft) => {
    await readPages(microsoft, 'users', [[ada]], { cursor: '$deltatoken=a%2Bb~_-c' });
    expect(microsoft.requestLines).toEqual(['GET /v1.0/users/delta?$deltatoken=a%2Bb~_-c']);
  }));

test('has no cursor when the round ends without one, so that it counts as incomplete', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => ({ body: { value: [ada] } });
    const pages = await collect(microsoft, 'users');
    expect(pages.map((page) => page.nextCursor)).toEqual([null]);
  }));

test('accepts the same cursor again when nothing changed', () =>
  withMicrosoft(async (microsoft) => {
    const cursor = `${microsoft.origin}/v1.0/groups/delta?$deltatoken=same`;
    microsoft.graph = () => ({ body: { value: [], '@odata.deltaLink': cursor } });
    expect((await collect(microsoft, 'groups', cursor)).at(-1)?.nextCursor).toBe(cursor);
  }));

test('fails when a link repeats within one round', () =>
  withMicrosoft(async (microsoft) => {
    const link = (name: number) => `${microsoft.origin}/v1.0/users/delta?$skiptoken=${name}`;
    microsoft.graph = () => ({ body: { value: [], '@odata.nextLink': link(microsoft.requests.length % 2) } });
    const error = await rejection(collect(microsoft, 'users'));
    expect(error).toBeInstanceOf(ContractError);
    expect(microsoft.requests).toHaveLength(3);
    expect(failureText(error)).not.toContain('skiptoken');
  }));

test('fails when the pages do not end', () =>
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

test('fails when a page has both links', () =>
  withMicrosoft(async (microsoft) => {
    const link = (name: string) => `${microsoft.origin}/v1.0/users/delta?${name}`;
    microsoft.graph = () => ({
      body: { value: [], '@odata.nextLink': link('$skiptoken=1'), '@odata.deltaLink': link('$deltatoken=1') },
    });
    expect(await rejection(collect(microsoft, 'users'))).toBeInstanceOf(ContractError);
  }));

test('returns each entry of an object that appears several times, in order', () =>
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

test('distinguishes a permanent removal from one that may be restored', () =>
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

test('returns users and groups as members, not devices, contacts and service principals', () =>
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

test('raises a doubt for a page of nulls, and clears nothing', () =>
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

test('doubts bare ids in a whole read, not in an incremental one', () =>
  withMicrosoft(async (microsoft) => {
    const whole = await readPages(microsoft, 'users', [[{ id: 'bob' }]]);
    expect(whole[0]?.doubts).toHaveLength(1);
    microsoft.requests.length = 0;
    const changes = await readPages(microsoft, 'users', [[{ id: 'bob' }]], { cursor: '$deltatoken=1' });
    expect(changes[0]?.doubts).toEqual([]);
  }));
