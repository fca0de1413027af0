/**
 * Users: point reads, lists, deleted users, and the groups of a user
 * (docs/reference/microsoft-graph.md sections 2 and 3).
 */

import type { Route } from '../../service.ts';
import {
  isRecord,
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { type DirectoryObject, linkedIds, type ObjectKind } from '../directory/objects.ts';
import { defaultProperties, shape } from '../directory/properties.ts';
import {
  badRequest,
  countResponse,
  list,
  listObjects,
  resourceUnitsOf,
  selectedProperties,
  showTyped,
} from '../directory/query.ts';
import { graphErrorResponse } from '../errors.ts';

const maxGroupIds = 20;

export function graphUserRoutes(context: MicrosoftContext): Route[] {
  const { state } = context;
  const subject = (request: SimulatedRequest) => state.label(request.params.id ?? '');
  return [
    ...collectionRoutes(context, 'user', { resourceUnits: 2, read: readUser }),
    {
      method: 'GET',
      path: '/v1.0/users/:id/transitiveMemberOf',
      operation: 'users.transitiveMemberOf',
      subject,
      handle: (request) => memberOf(context, request, state.transitiveGroups(liveUser(context, request).id)),
    },
    {
      method: 'GET',
      path: '/v1.0/users/:id/memberOf',
      operation: 'users.memberOf',
      subject,
      handle: (request) => memberOf(context, request, state.objects.groupsOf(liveUser(context, request).id)),
    },
    {
      method: 'POST',
      path: '/v1.0/users/:id/checkMemberGroups',
      operation: 'users.checkMemberGroups',
      subject,
      handle: (request) => checkMemberGroups(context, request),
    },
    {
      method: 'GET',
      path: '/v1.0/directory/deletedItems/:kind{microsoft\\.graph\\.(user|group)}',
      operation: 'deletedItems.list',
      subject: () => null,
      handle: (request) => deletedItems(context, request),
    },
  ];
}

interface Collection {
  resourceUnits: number;
  /** Returns one object, by the path's `id`. */
  read(context: MicrosoftContext, request: SimulatedRequest): SimulatedResponse;
}

/** The routes that users and groups have alike: the list, its count, and one object. */
export function collectionRoutes(
  context: MicrosoftContext,
  kind: ObjectKind,
  { resourceUnits, read }: Collection,
): Route[] {
  const { state, clock } = context;
  const path = `/v1.0/${kind}s`;
  return [
    {
      method: 'GET',
      path,
      operation: `${kind}s.list`,
      handle: (request) => listKind(context, kind, request, resourceUnits),
    },
    {
      method: 'GET',
      path: `${path}/$count`,
      operation: `${kind}s.count`,
      handle: (request) => countResponse(request, state.objects.of(kind), clock()),
    },
    {
      method: 'GET',
      path: `${path}/:id`,
      operation: `${kind}s.get`,
      subject: ({ params }) => state.label(params.id ?? ''),
      handle: (request) => read(context, request),
    },
  ];
}

/** Returns one page of all live users or groups. */
function listKind(
  context: MicrosoftContext,
  kind: ObjectKind,
  request: SimulatedRequest,
  resourceUnits: number,
): SimulatedResponse {
  const now = context.clock();
  const select = selectedProperties(request, kind, now);
  return listObjects(request, context.state.objects.of(kind), (object) => shape(object, select), {
    origin: context.origin(),
    odataContext: `${kind}s${request.query.has('$select') ? `(${select})` : ''}`,
    resourceUnits,
    now,
  });
}

export const notFoundRefusal = (now: Date, id: string): SimulatedRefusal =>
  new SimulatedRefusal(
    graphErrorResponse(
      now,
      404,
      'Request_ResourceNotFound',
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  );

function liveUser({ state, clock }: MicrosoftContext, request: SimulatedRequest): DirectoryObject {
  const { id = '' } = request.params;
  const user = state.objects.get(id) ?? state.objects.bySignInName(id);
  if (user?.kind !== 'user' || user.status !== 'live') throw notFoundRefusal(clock(), id);
  return user;
}

function readUser(context: MicrosoftContext, request: SimulatedRequest): SimulatedResponse {
  const user = liveUser(context, request);
  const select = selectedProperties(request, 'user', context.clock());
  const withManager = request.query.get('$expand')?.startsWith('manager') ?? false;
  const managerId = linkedIds(user, 'manager')[0];
  const manager = managerId === undefined ? undefined : context.state.objects.get(managerId);
  const fields = request.query.has('$select') ? `(${select})` : '';
  return jsonResponse(
    200,
    {
      '@odata.context': `${context.origin()}/v1.0/$metadata#users${fields}/$entity`,
      ...shape(user, select),
      ...(withManager && manager ? { manager: showTyped(manager, null) } : {}),
    },
    { 'x-ms-resource-unit': String(resourceUnitsOf(request, 1)) },
  );
}

function memberOf(
  context: MicrosoftContext,
  request: SimulatedRequest,
  groupIds: ReadonlySet<string>,
): SimulatedResponse {
  const groups = [...groupIds].flatMap((id) => context.state.objects.get(id) ?? []);
  const select = request.query.has('$select') ? selectedProperties(request, 'group', context.clock()) : null;
  return listObjects(request, groups, (group) => showTyped(group, select), {
    origin: context.origin(),
    odataContext: 'directoryObjects',
    resourceUnits: 2,
    now: context.clock(),
  });
}

/** Returns which of at most 20 groups a user is in, nested groups included. */
function checkMemberGroups(context: MicrosoftContext, request: SimulatedRequest): SimulatedResponse {
  const user = liveUser(context, request);
  const groupIds = isRecord(request.body) ? request.body.groupIds : undefined;
  if (!Array.isArray(groupIds) || groupIds.length > maxGroupIds) {
    throw badRequest(context.clock(), `groupIds must hold at most ${maxGroupIds} ids.`);
  }
  const groups = context.state.transitiveGroups(user.id);
  const value = groupIds.filter((id) => groups.has(id));
  const odataContext = `${context.origin()}/v1.0/$metadata#Collection(Edm.String)`;
  return jsonResponse(200, { '@odata.context': odataContext, value }, { 'x-ms-resource-unit': '1' });
}

/** Lists deleted objects that can be restored. */
function deletedItems(context: MicrosoftContext, request: SimulatedRequest): SimulatedResponse {
  const kind = request.params.kind === 'microsoft.graph.group' ? 'group' : 'user';
  const now = context.clock();
  const select = request.query.has('$select')
    ? selectedProperties(request, kind, now)
    : [...defaultProperties[kind], 'deletedDateTime'];
  const listing = { origin: context.origin(), odataContext: `${kind}s`, resourceUnits: 1, now };
  const deleted = (object: DirectoryObject) => object.status === 'deleted';
  return list(request, context.state.objects.of(kind), deleted, (object) => shape(object, select), listing);
}
