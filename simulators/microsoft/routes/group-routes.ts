/** Groups and their members (docs/reference/microsoft-graph.md section 2.2). */

import type { Route } from '../../service.ts';
import { jsonResponse, type SimulatedRequest, type SimulatedResponse } from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import type { DirectoryObject } from '../directory/objects.ts';
import { isProperty, shape } from '../directory/properties.ts';
import {
  badRequest,
  countResponse,
  listObjects,
  resourceUnitsOf,
  selectedProperties,
  showTyped,
} from '../directory/query.ts';
import { collectionRoutes, notFoundRefusal } from './user-routes.ts';

export function groupRoutes(context: MicrosoftContext): Route[] {
  const { state } = context;
  const subject = (request: SimulatedRequest) => state.label(request.params.id ?? '');
  const members = (segment: string, transitive: boolean): Route => ({
    method: 'GET',
    path: `/v1.0/groups/:id/${segment}/:cast?`,
    operation: `groups.${segment}`,
    subject,
    handle: (request) => listMembers(context, request, transitive),
  });
  return [
    ...collectionRoutes(context, 'group', { resourceUnits: 1, read: readGroup }),
    members('members', false),
    members('transitiveMembers', true),
  ];
}

function liveGroup({ state, clock }: MicrosoftContext, request: SimulatedRequest): DirectoryObject {
  const { id = '' } = request.params;
  const group = state.objects.get(id);
  if (group?.kind !== 'group' || group.status !== 'live') throw notFoundRefusal(clock(), id);
  return group;
}

function readGroup(context: MicrosoftContext, request: SimulatedRequest): SimulatedResponse {
  const group = liveGroup(context, request);
  const select = selectedProperties(request, 'group', context.clock());
  const fields = request.query.has('$select') ? `(${select})` : '';
  const odataContext = `${context.origin()}/v1.0/$metadata#groups${fields}/$entity`;
  const headers = { 'x-ms-resource-unit': String(resourceUnitsOf(request, 1)) };
  return jsonResponse(200, { '@odata.context': odataContext, ...shape(group, select) }, headers);
}

/** Members of all kinds with their type, or those of one kind when the path ends with a cast. */
function listMembers(
  context: MicrosoftContext,
  request: SimulatedRequest,
  transitive: boolean,
): SimulatedResponse {
  const now = context.clock();
  const { cast } = request.params;
  if (cast === '$count')
    return countResponse(request, context.state.members(liveGroup(context, request), transitive), now);
  if (cast !== undefined && !/^microsoft\.graph\.(user|group)$/.test(cast)) {
    throw badRequest(now, `Resource not found for the segment '${cast}'.`);
  }
  const select = request.query.get('$select')?.split(',') ?? null;
  const unknown = select?.find((name) => !isProperty('user', name) && !isProperty('group', name));
  if (unknown !== undefined) {
    throw badRequest(
      now,
      `Could not find a property named '${unknown}' on type 'microsoft.graph.directoryObject'.`,
    );
  }
  const all = context.state.members(liveGroup(context, request), transitive);
  const wanted = cast === undefined ? all : all.filter(({ kind }) => cast === `microsoft.graph.${kind}`);
  return listObjects(request, wanted, (member) => showTyped(member, select), {
    origin: context.origin(),
    odataContext: 'directoryObjects',
    resourceUnits: transitive ? 5 : 3,
    now,
  });
}
