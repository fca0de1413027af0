/** Microsoft's published responses (graph-examples/, each with its source), read through the whole adapter. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import { sendAll } from '../../../directory/entra/graph/batch.ts';
import type { DirectoryPage, DirectoryStream } from '../../../directory/source.ts';
import { ContractError, CursorExpiredError, ThrottledError } from '../../../domain/errors.ts';
import { rejection } from './failures.ts';
import { type FakeMicrosoft, graphFor, settingsFor, withMicrosoft } from './fake-microsoft.ts';

const exampleSchema = z.object({
  response: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.unknown() }),
});

/** Makes Graph respond with a sample whose links point to the fake. */
async function answerWith(microsoft: FakeMicrosoft, name: string): Promise<void> {
  const text = await readFile(join(import.meta.dirname, 'graph-examples', `${name}.json`), 'utf8');
  const here = text.replaceAll('https://graph.microsoft.com', microsoft.origin);
  const { response } = exampleSchema.parse(JSON.parse(here));
  microsoft.graph = () => response;
}

/** The first page of a round with a sample. */
async function firstPage(
  microsoft: FakeMicrosoft,
  name: string,
  stream: DirectoryStream,
): Promise<DirectoryPage> {
  await answerWith(microsoft, name);
  const cursor = name.includes('incremental') || name.includes('nextpage') || name.includes('minimal');
  const source = createEntraSource(settingsFor(microsoft));
  const link = cursor ? `${microsoft.origin}/v1.0/${stream}/delta?$deltatoken=x` : null;
  for await (const page of source.read(stream, link, { attributes: [], managers: false })) return page;
  throw new Error('No page came.');
}

async function drain(pages: AsyncIterable<DirectoryPage>): Promise<void> {
  for await (const page of pages) expect(page.entries).toBeDefined();
}

const person = (id: string, name: string) => ({ type: 'person', id, patch: { name } });

test('users-delta-initial has a removal on the first page, and a room without a given name', () =>
  withMicrosoft(async (microsoft) => {
    const page = await firstPage(microsoft, 'users-delta-initial', 'users');
    expect(page.entries).toMatchObject([
      person('ffff7b1a-13b6-477b-8c0c-380905cd99f7', 'Cameron White'),
      person('605d1257-ffff-40b6-8e6f-528a53f5dc55', 'Delia Dennis'),
      { type: 'removed', stream: 'users', id: '86462606-fde0-4fc4-9e0c-a20eb73e54c6', purged: true },
      person('6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0', 'Conf Room Adams'),
    ]);
    expect(page).toMatchObject({ nextCursor: null, doubts: [] });
  }));

test('users-delta-nextpage and users-delta-final-deltalink have the cursor on the last page', () =>
  withMicrosoft(async (microsoft) => {
    const next = await firstPage(microsoft, 'users-delta-nextpage', 'users');
    expect(next.entries).toEqual([
      person('d8c37826-ffff-4cae-b348-e2725b1e814b', 'Mallory Cortez'),
      person('8b1ee412-cd8f-4d59-ffff-24010edb9f1f', 'Diego Sicilian'),
    ]);
    expect(next.nextCursor).toBeNull();
    const last = await firstPage(microsoft, 'users-delta-final-deltalink', 'users');
    expect(last.entries).toHaveLength(2);
    expect(last.nextCursor).toContain('$deltatoken=oEcOySpF_hWYmTIUZBOIfPzcwisr');
  }));

test('users-delta-incremental-empty has no change and a new cursor', () =>
  withMicrosoft(async (microsoft) => {
    const page = await firstPage(microsoft, 'users-delta-incremental-empty', 'users');
    expect(page.entries).toEqual([]);
    expect(page.nextCursor).toContain('$deltatoken=MF1LuFYbK6Lw4DtZ4o9PDrcGekRP65WEJfDmM0H26l4v9zILC');
  }));

test('users-delta-incremental-removed has a change and a soft deletion', () =>
  withMicrosoft(async (microsoft) => {
    const page = await firstPage(microsoft, 'users-delta-incremental-removed', 'users');
    expect(page.entries).toEqual([
      person('25dcffff-959e-4ece-9973-e5d9b800e8cc', 'Testuser7'),
      { type: 'removed', stream: 'users', id: '8ffff70c-1c63-4860-b963-e34ec660931d', purged: false },
    ]);
  }));

test('users-delta-return-minimal fails for an entry without an id', () =>
  withMicrosoft(async (microsoft) => {
    await answerWith(microsoft, 'users-delta-return-minimal');
    const source = createEntraSource(settingsFor(microsoft));
    const read = source.read('users', null, { attributes: [], managers: false });
    expect(await rejection(drain(read))).toBeInstanceOf(ContractError);
  }));

test('groups-delta-initial-members has members in the first round, and a group without any', () =>
  withMicrosoft(async (microsoft) => {
    const page = await firstPage(microsoft, 'groups-delta-initial-members', 'groups');
    const first = 'c2f798fd-f95d-4623-8824-63aec21fffff';
    expect(page.entries).toEqual([
      { type: 'group', id: first, patch: { name: 'TestGroup1' } },
      ...['693acd06-2877-4339-8ade-b704261fe7a0', '49320844-be99-4164-8167-87ff5d047ace'].map((memberId) => ({
        type: 'member',
        groupId: first,
        memberId,
        memberKind: 'user',
        removed: false,
      })),
      { type: 'group', id: 'ec22655c-8eb2-432a-b4ea-8b8a254bffff', patch: { name: 'TestGroup2' } },
    ]);
  }));

test.each([
  ['groups-delta-incremental-members-removed', true],
  ['groups-delta-large-group-second-page', false],
])('%s has who left and who joined', (name, isLast) =>
  withMicrosoft(async (microsoft) => {
    const page = await firstPage(microsoft, name, 'groups');
    expect(page.entries.map((entry) => (entry.type === 'member' ? entry.removed : entry.type))).toEqual([
      'group',
      true,
      false,
    ]);
    expect(page.nextCursor !== null).toBe(isLast);
  }),
);

test.each(['delta-expired-400-syncstatenotfound', 'delta-410-gone'])('%s leads to a whole read', (name) =>
  withMicrosoft(async (microsoft) => {
    expect(await rejection(firstPage(microsoft, name, 'users'))).toBeInstanceOf(CursorExpiredError);
  }),
);

test('throttled-429 keeps the wait to the millisecond', () =>
  withMicrosoft(async (microsoft) => {
    const error = await rejection(firstPage(microsoft, 'throttled-429', 'users'));
    expect(error).toBeInstanceOf(ThrottledError);
    expect(error).toMatchObject({ retryAfterMs: 2_128 });
  }));

test('batch-mixed-status keeps the status of each part', () =>
  withMicrosoft(async (microsoft) => {
    await answerWith(microsoft, 'batch-mixed-status');
    const sample = z.object({ responses: z.array(z.unknown()) }).parse(microsoft.graph(noRequest).body);
    // The sample leaves out parts 2 and 4.
    const leftOut = ['2', '4'].map((id) => ({ id, status: 204, headers: {} }));
    microsoft.graph = () => ({ body: { responses: [...sample.responses, ...leftOut] } });
    const graph = graphFor(microsoft);
    const requests = Array.from({ length: 5 }, () => ({ url: '/users' }));
    const responses = await sendAll(graph, requests, {
      operation: 'GET /users',
      permission: 'User.Read.All',
    });
    expect(responses.map((response) => response.status)).toEqual([200, 204, 403, 204, 200]);
    expect(responses[4]?.headers.get('x-ms-resource-unit')).toBe('1');
  }));

const noRequest = { method: 'GET', path: '', headers: {}, body: '' };
