import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import { ContractError, PermissionError, ThrottledError, TransientError } from '../../../domain/errors.ts';
import { rejection } from './failures.ts';
import {
  type FakeMicrosoft,
  type FakeRequest,
  type FakeResponse,
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
  /** Responses to `GET /users/{id}`, by id. */
  users: Record<string, FakeResponse>;
  /** All members of a group, nested groups included, by group. */
  groups: Record<string, string[]>;
  /** Responses of other calls in place of the usual ones, by the last part of their path. */
  instead?: Record<string, FakeResponse>;
}

const live = (id: string, more: object = {}): FakeResponse => ({
  body: {
    id,
    displayName: `Name of ${id}`,
    userPrincipalName: `${id}@contoso.example`,
    accountEnabled: true,
    ...more,
  },
});
const missing: FakeResponse = { status: 404, body: graphError('Request_ResourceNotFound') };

/** Serves point reads, checkMemberGroups and transitiveMembers, alone and in batches. */
function serve(microsoft: FakeMicrosoft, company: Company): void {
  microsoft.graph = (request) => respond(request, company, microsoft.origin);
}

function respond(request: FakeRequest, company: Company, origin: string): FakeResponse {
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

function batch(request: FakeRequest, company: Company, origin: string): FakeResponse {
  const { requests } = batchSchema.parse(JSON.parse(request.body));
  if (requests.length > 20) return { status: 400, body: graphError('BadRequest') };
  const responses = requests.map(({ id, method, url, body }) => {
    const inner = respond({ method, path: url, headers: {}, body: JSON.stringify(body) }, company, origin);
    return { id, status: inner.status ?? 200, headers: inner.headers, body: inner.body };
  });
  return { body: { responses: responses.toReversed() } };
}

/** Two members a page. */
function members(ids: string[] | undefined, group: string, query: string, origin: string): FakeResponse {
  if (!ids) return missing;
  const start = Number(/skiptoken=(\d+)/.exec(query)?.[1] ?? 0);
  const next = `${origin}/v1.0/groups/${group}/transitiveMembers?$skiptoken=${start + 2}`;
  const value = ids.slice(start, start + 2).map((id) => ({ '@odata.type': '#microsoft.graph.user', id }));
  return { body: { value, ...(start + 2 < ids.length && { '@odata.nextLink': next }) } };
}

const confirm = (microsoft: FakeMicrosoft, people: string[], groups: string[] = [], more = {}) =>
  createEntraSource(settingsFor(microsoft)).confirm(people, groups, { ...plan, ...more });

test('reports live, disabled, deleted and unknown people in the order of the request', () =>
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

test('requests many people and many groups in batches of twenty', () =>
  withMicrosoft(async (microsoft) => {
    const people = Array.from({ length: 45 }, (_, index) => `p${index}`);
    const groups = Array.from({ length: 25 }, (_, index) => `g${index}`);
    serve(microsoft, {
      users: Object.fromEntries(people.map((id) => [id, live(id)])),
      groups: { g0: ['p0', 'p44'], g24: ['p44'], g7: ['other'] },
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

test('does not read the groups of people who are gone', () =>
  withMicrosoft(async (microsoft) => {
    serve(microsoft, { users: {}, groups: { guild: ['ada'] } });
    expect(await confirm(microsoft, ['ada'], ['guild'])).toEqual([
      { personId: 'ada', person: null, groupIds: [] },
    ]);
    expect(microsoft.requests).toHaveLength(1);
  }));

test.each([404, 405, 501, 400, 403])(
  'lists the members page by page when checkMemberGroups answers %d',
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

test('fails when the service has no way to list members', () =>
  withMicrosoft(async (microsoft) => {
    const instead = {
      checkMemberGroups: { status: 404 },
      transitiveMembers: { status: 404, body: 'Not Found' },
    };
    serve(microsoft, { users: { ada: live('ada') }, groups: {}, instead });
    expect(await rejection(confirm(microsoft, ['ada'], ['guild']))).toBeInstanceOf(TransientError);
  }));

test.each([400, 404, 405, 501])('sends the requests one by one when $batch answers %d', (status) =>
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

test('asks for the longest wait of the throttled parts of a batch', () =>
  withMicrosoft(async (microsoft) => {
    const throttled = (seconds: string): FakeResponse => ({
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

test('asks for the wait of a part that answers 503', () =>
  withMicrosoft(async (microsoft) => {
    serve(microsoft, {
      users: { ada: { status: 503 }, bob: { status: 503, headers: { 'Retry-After': '40' } } },
      groups: {},
    });
    const error = await rejection(confirm(microsoft, ['ada', 'bob']));
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ retryAfterMs: 40_000 });
  }));

test('counts no person as gone after a response that proves nothing', () =>
  withMicrosoft(async (microsoft) => {
    const responses: [FakeResponse, new (...rest: never[]) => Error][] = [
      [{ status: 404, body: '<html>Not here</html>' }, TransientError],
      [{ status: 404 }, TransientError],
      [{ status: 503 }, TransientError],
      [{ status: 403, body: graphError('Authorization_RequestDenied') }, PermissionError],
      [{ body: { id: 'ada', displayName: null, userPrincipalName: null } }, PermissionError],
      [{ body: {} }, ContractError],
    ];
    for (const [response, expected] of responses) {
      serve(microsoft, { users: { ada: response }, groups: {} });
      expect(await rejection(confirm(microsoft, ['ada']))).toBeInstanceOf(expected);
    }
  }));

test('fails when the response to a batch lacks a part', () =>
  withMicrosoft(async (microsoft) => {
    serve(microsoft, { users: {}, groups: {}, instead: { $batch: { body: { responses: [] } } } });
    expect(await rejection(confirm(microsoft, ['ada']))).toBeInstanceOf(ContractError);
  }));

test('sends no request for an empty list', () =>
  withMicrosoft(async (microsoft) => {
    expect(await confirm(microsoft, [], ['guild'])).toEqual([]);
    expect(microsoft.requests).toHaveLength(0);
  }));
