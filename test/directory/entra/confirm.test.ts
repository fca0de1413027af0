import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import { ContractError, PermissionError, ThrottledError, TransientError } from '../../../domain/errors.ts';
import { rejection } from './failures.ts';
import {
  type FakeMicrosoft,
  type FakeReply,
  type FakeRequest,
  graphError,
  settingsFor,
  withMicrosoft,
} from './fake-microsoft.ts';

const plan = { attributes: [], managers: false };

const batchSchema = z.object({
  requests: z.array(
    z.object({ id: z.string(), method: z.string(), url: z.string(), body: z.unknown().optional() }),
  ),
});
const groupIdsSchema = z.object({ groupIds: z.array(z.string()).max(20) });

interface Company {
  /** What `GET /users/{id}` answers, by id. */
  users: Record<string, FakeReply>;
  /** Everybody in a group or below it, by group. */
  groups: Record<string, string[]>;
  /** What other calls answer instead: by the last part of their path. */
  instead?: Record<string, FakeReply>;
}

const live = (id: string, more: object = {}): FakeReply => ({
  body: {
    id,
    displayName: `Name of ${id}`,
    userPrincipalName: `${id}@contoso.example`,
    accountEnabled: true,
    ...more,
  },
});
const missing: FakeReply = { status: 404, body: graphError('Request_ResourceNotFound') };

/** Answers point reads, checkMemberGroups and transitiveMembers, alone and in batches. */
function serve(microsoft: FakeMicrosoft, company: Company): void {
  microsoft.graph = (request) => answer(request, company, microsoft.origin);
}

function answer(request: FakeRequest, company: Company, origin: string): FakeReply {
  const [path = '', query = ''] = request.path.replace('/v1.0', '').split('?');
  const [, kind, id = '', call = kind ?? ''] = path.split('/');
  const instead = company.instead?.[call === 'users' ? '' : call];
  if (instead) return instead;
  if (call === '$batch') return batch(request, company, origin);
  if (call === 'checkMemberGroups') {
    const { groupIds } = groupIdsSchema.parse(JSON.parse(request.body));
    return { body: { value: groupIds.filter((group) => company.groups[group]?.includes(id)) } };
  }
  if (call === 'transitiveMembers') return members(company.groups[id], id, query, origin);
  return company.users[id] ?? missing;
}

function batch(request: FakeRequest, company: Company, origin: string): FakeReply {
  const { requests } = batchSchema.parse(JSON.parse(request.body));
  if (requests.length > 20) return { status: 400, body: graphError('BadRequest') };
  const responses = requests.map(({ id, method, url, body }) => {
    const inner = answer({ method, path: url, headers: {}, body: JSON.stringify(body) }, company, origin);
    return { id, status: inner.status ?? 200, headers: inner.headers, body: inner.body };
  });
  return { body: { responses: responses.toReversed() } };
}

/** Two members a page. */
function members(ids: string[] | undefined, group: string, query: string, origin: string): FakeReply {
  if (!ids) return missing;
  const start = Number(/skiptoken=(\d+)/.exec(query)?.[1] ?? 0);
  const next = `${origin}/v1.0/groups/${group}/transitiveMembers?$skiptoken=${start + 2}`;
  const value = ids.slice(start, start + 2).map((id) => ({ '@odata.type': '#microsoft.graph.user', id }));
  return { body: { value, ...(start + 2 < ids.length && { '@odata.nextLink': next }) } };
}

const confirm = (microsoft: FakeMicrosoft, people: string[], groups: string[] = [], more = {}) =>
  createEntraSource(settingsFor(microsoft)).confirm(people, groups, { ...plan, ...more });

test('who is live, disabled, deleted or unknown is told in the order asked', () =>
  withMicrosoft(async (microsoft) => {
    serve(microsoft, {
      users: {
        ada: live('ada', { manager: { id: 'eve' } }),
        bob: live('bob', { accountEnabled: false }),
        cem: live('cem', { deletedDateTime: '2026-11-01T00:00:00Z' }),
      },
      groups: {},
    });
    const facts = await confirm(microsoft, ['dee', 'cem', 'bob', 'ada'], [], { managers: true });
    expect(facts).toMatchObject([
      { personId: 'dee', person: null, groupIds: [] },
      { personId: 'cem', person: null, groupIds: [] },
      { personId: 'bob', person: { id: 'bob', enabled: false } },
      { personId: 'ada', person: { id: 'ada', enabled: true, name: 'Name of ada', managerId: 'eve' } },
    ]);
    expect(microsoft.requests).toHaveLength(1);
  }));

test('many people and many groups go out in batches of twenty', () =>
  withMicrosoft(async (microsoft) => {
    const people = Array.from({ length: 45 }, (_, index) => `p${index}`);
    const groups = Array.from({ length: 25 }, (_, index) => `g${index}`);
    serve(microsoft, {
      users: Object.fromEntries(people.map((id) => [id, live(id)])),
      groups: { g0: ['p0', 'p44'], g24: ['p44'], g7: ['nobody'] },
    });
    const facts = await confirm(microsoft, people, groups);
    expect(facts.map((fact) => fact.personId)).toEqual(people);
    const inGroups = facts.filter((fact) => fact.groupIds.length > 0);
    expect(inGroups.map(({ personId, groupIds }) => [personId, groupIds])).toEqual([
      ['p0', ['g0']],
      ['p44', ['g0', 'g24']],
    ]);
    // 45 people make 3 batches; 45 × 2 membership checks make 5.
    expect(microsoft.requests).toHaveLength(8);
  }));

test('people who are gone are not asked about their groups', () =>
  withMicrosoft(async (microsoft) => {
    serve(microsoft, { users: {}, groups: { guild: ['ada'] } });
    expect(await confirm(microsoft, ['ada'], ['guild'])).toEqual([
      { personId: 'ada', person: null, groupIds: [] },
    ]);
    expect(microsoft.requests).toHaveLength(1);
  }));

test.each([404, 405, 501, 400, 403])(
  'when checkMemberGroups answers %d, the members are listed, page by page',
  (status) =>
    withMicrosoft(async (microsoft) => {
      serve(microsoft, {
        users: { ada: live('ada'), bob: live('bob') },
        groups: { guild: ['x1', 'x2', 'x3', 'ada'], other: ['bob', 'ada'] },
        instead: { checkMemberGroups: { status, body: graphError('BadRequest') } },
      });
      const facts = await confirm(microsoft, ['ada', 'bob'], ['guild', 'gone', 'other']);
      expect(facts.map((fact) => fact.groupIds)).toEqual([['guild', 'other'], ['other']]);
    }),
);

test('a service without any way to list members proves nothing about them', () =>
  withMicrosoft(async (microsoft) => {
    const instead = {
      checkMemberGroups: { status: 404 },
      transitiveMembers: { status: 404, body: 'Not Found' },
    };
    serve(microsoft, { users: { ada: live('ada') }, groups: {}, instead });
    expect(await rejection(confirm(microsoft, ['ada'], ['guild']))).toBeInstanceOf(TransientError);
  }));

test.each([400, 404, 405, 501])('when $batch answers %d, the requests go out one by one', (status) =>
  withMicrosoft(async (microsoft) => {
    serve(microsoft, {
      users: { ada: live('ada') },
      groups: { guild: ['ada'] },
      instead: { $batch: { status, body: 'no such thing' } },
    });
    const facts = await confirm(microsoft, ['ada', 'bob'], ['guild']);
    expect(facts).toMatchObject([
      { person: { id: 'ada' }, groupIds: ['guild'] },
      { person: null, groupIds: [] },
    ]);
  }),
);

test('throttled parts of a batch make the longest wait', () =>
  withMicrosoft(async (microsoft) => {
    const throttled = (seconds: string): FakeReply => ({
      status: 429,
      headers: { 'Retry-After': seconds },
      body: graphError('TooManyRequests'),
    });
    serve(microsoft, {
      users: { ada: throttled('1.5'), bob: throttled('12'), cem: live('cem') },
      groups: {},
    });
    const error = await rejection(confirm(microsoft, ['ada', 'bob', 'cem']));
    expect(error).toBeInstanceOf(ThrottledError);
    expect(error).toMatchObject({ retryAfterMs: 12_000 });
  }));

test('a part that is put off says for how long', () =>
  withMicrosoft(async (microsoft) => {
    serve(microsoft, {
      users: { ada: { status: 503 }, bob: { status: 503, headers: { 'Retry-After': '40' } } },
      groups: {},
    });
    const error = await rejection(confirm(microsoft, ['ada', 'bob']));
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ retryAfterMs: 40_000 });
  }));

test('nobody counts as gone because of an answer that proves nothing', () =>
  withMicrosoft(async (microsoft) => {
    const answers: [FakeReply, new (...rest: never[]) => Error][] = [
      [{ status: 404, body: '<html>Not here</html>' }, TransientError],
      [{ status: 404 }, TransientError],
      [{ status: 503 }, TransientError],
      [{ status: 403, body: graphError('Authorization_RequestDenied') }, PermissionError],
      [{ body: { id: 'ada', displayName: null, userPrincipalName: null } }, PermissionError],
      [{ body: {} }, ContractError],
    ];
    for (const [reply, expected] of answers) {
      serve(microsoft, { users: { ada: reply }, groups: {} });
      expect(await rejection(confirm(microsoft, ['ada']))).toBeInstanceOf(expected);
    }
  }));

test('a batch whose answer lacks a part is no answer', () =>
  withMicrosoft(async (microsoft) => {
    serve(microsoft, { users: {}, groups: {}, instead: { $batch: { body: { responses: [] } } } });
    expect(await rejection(confirm(microsoft, ['ada']))).toBeInstanceOf(ContractError);
  }));

test('nobody to ask about costs no request', () =>
  withMicrosoft(async (microsoft) => {
    expect(await confirm(microsoft, [], ['guild'])).toEqual([]);
    expect(microsoft.requests).toHaveLength(0);
  }));
