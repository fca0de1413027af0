/**
 * Users: point reads, lists, deleted ones, and which groups somebody is in
 * (docs/reference/microsoft-graph.md sections 2 and 3).
 */
import { type Call, isRecord, json, SimulatedRefusal, type SimulatedResponse } from '../../answer.ts';
import type { Route } from '../../service.ts';
import { type DirectoryObject, linked, type ObjectKind } from '../directory/objects.ts';
import { defaultProperties, shape } from '../directory/properties.ts';
import {
  badRequest,
  countAnswer,
  list,
  listObjects,
  resourceUnitsOf,
  selected,
  showTyped,
} from '../directory/query.ts';
import { graphError } from '../errors.ts';
import type { MicrosoftFrame } from '../frame.ts';

const maxGroupsAsked = 20;

export function graphUserRoutes(frame: MicrosoftFrame): Route[] {
  const { state, clock } = frame;
  const subject = (call: Call) => state.label(call.params.id ?? '');
  return [
    {
      method: 'GET',
      path: '/v1.0/users',
      operation: 'users.list',
      handle: (call) => listKind(frame, 'user', call, 2),
    },
    {
      method: 'GET',
      path: '/v1.0/users/$count',
      operation: 'users.count',
      handle: (call) => countAnswer(call, state.objects.users, clock()),
    },
    {
      method: 'GET',
      path: '/v1.0/users/:id',
      operation: 'users.get',
      subject,
      handle: (call) => readUser(frame, call),
    },
    {
      method: 'GET',
      path: '/v1.0/users/:id/transitiveMemberOf',
      operation: 'users.transitiveMemberOf',
      subject,
      handle: (call) => memberOf(frame, call, state.transitiveGroups(liveUser(frame, call).id)),
    },
    {
      method: 'GET',
      path: '/v1.0/users/:id/memberOf',
      operation: 'users.memberOf',
      subject,
      handle: (call) => memberOf(frame, call, state.objects.groupsOf(liveUser(frame, call).id)),
    },
    {
      method: 'POST',
      path: '/v1.0/users/:id/checkMemberGroups',
      operation: 'users.checkMemberGroups',
      subject,
      handle: (call) => checkMemberGroups(frame, call),
    },
    {
      method: 'GET',
      path: '/v1.0/directory/deletedItems/:kind{microsoft\\.graph\\.(user|group)}',
      operation: 'deletedItems.list',
      subject: () => null,
      handle: (call) => deletedItems(frame, call),
    },
  ];
}

/** One page of all live users or groups. */
export function listKind(
  frame: MicrosoftFrame,
  kind: ObjectKind,
  call: Call,
  resourceUnits: number,
): SimulatedResponse {
  const now = frame.clock();
  const select = selected(call, kind, now);
  return listObjects(call, frame.state.objects.of(kind), (object) => shape(object, select), {
    origin: frame.origin(),
    context: `${kind}s${call.query.has('$select') ? `(${select})` : ''}`,
    resourceUnits,
    now,
  });
}

export const missing = (now: Date, id: string): SimulatedRefusal =>
  new SimulatedRefusal(
    graphError(
      now,
      404,
      'Request_ResourceNotFound',
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  );

function liveUser({ state, clock }: MicrosoftFrame, call: Call): DirectoryObject {
  const { id = '' } = call.params;
  const user = state.objects.get(id) ?? state.objects.bySignInName(id);
  if (user?.kind !== 'user' || user.status !== 'live') throw missing(clock(), id);
  return user;
}

function readUser(frame: MicrosoftFrame, call: Call): SimulatedResponse {
  const user = liveUser(frame, call);
  const select = selected(call, 'user', frame.clock());
  const withManager = call.query.get('$expand')?.startsWith('manager') ?? false;
  const managerId = linked(user, 'manager')[0];
  const manager = managerId === undefined ? undefined : frame.state.objects.get(managerId);
  const fields = call.query.has('$select') ? `(${select})` : '';
  return json(
    200,
    {
      '@odata.context': `${frame.origin()}/v1.0/$metadata#users${fields}/$entity`,
      ...shape(user, select),
      ...(withManager && manager ? { manager: showTyped(manager, null) } : {}),
    },
    { 'x-ms-resource-unit': String(resourceUnitsOf(call, 1)) },
  );
}

function memberOf(frame: MicrosoftFrame, call: Call, groupIds: ReadonlySet<string>): SimulatedResponse {
  const groups = [...groupIds].flatMap((id) => frame.state.objects.get(id) ?? []);
  const select = call.query.has('$select') ? selected(call, 'group', frame.clock()) : null;
  return listObjects(call, groups, (group) => showTyped(group, select), {
    origin: frame.origin(),
    context: 'directoryObjects',
    resourceUnits: 2,
    now: frame.clock(),
  });
}

/** Which of at most 20 groups somebody is in, nested membership included. */
function checkMemberGroups(frame: MicrosoftFrame, call: Call): SimulatedResponse {
  const user = liveUser(frame, call);
  const asked = isRecord(call.body) ? call.body.groupIds : undefined;
  if (!Array.isArray(asked) || asked.length > maxGroupsAsked) {
    throw badRequest(frame.clock(), `groupIds must hold at most ${maxGroupsAsked} ids.`);
  }
  const groups = frame.state.transitiveGroups(user.id);
  const value = asked.filter((id) => groups.has(id));
  const context = `${frame.origin()}/v1.0/$metadata#Collection(Edm.String)`;
  return json(200, { '@odata.context': context, value }, { 'x-ms-resource-unit': '1' });
}

/** Deleted objects that can still be restored. */
function deletedItems(frame: MicrosoftFrame, call: Call): SimulatedResponse {
  const kind = call.params.kind === 'microsoft.graph.group' ? 'group' : 'user';
  const now = frame.clock();
  const select = call.query.has('$select')
    ? selected(call, kind, now)
    : [...defaultProperties[kind], 'deletedDateTime'];
  const listing = { origin: frame.origin(), context: `${kind}s`, resourceUnits: 1, now };
  const deleted = (object: DirectoryObject) => object.status === 'deleted';
  return list(call, frame.state.objects.of(kind), deleted, (object) => shape(object, select), listing);
}
