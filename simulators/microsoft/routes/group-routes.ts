/** Groups and their members (docs/reference/microsoft-graph.md section 2.2). */
import { type Call, json, type SimulatedResponse } from '../../answer.ts';
import type { Route } from '../../service.ts';
import type { DirectoryObject } from '../directory/objects.ts';
import { isProperty, shape } from '../directory/properties.ts';
import {
  badRequest,
  countAnswer,
  listObjects,
  resourceUnitsOf,
  selected,
  showTyped,
} from '../directory/query.ts';
import type { MicrosoftFrame } from '../frame.ts';
import { listKind, missing } from './user-routes.ts';

export function groupRoutes(frame: MicrosoftFrame): Route[] {
  const { state, clock } = frame;
  const subject = (call: Call) => state.label(call.params.id ?? '');
  const members = (segment: string, transitive: boolean): Route => ({
    method: 'GET',
    path: `/v1.0/groups/:id/${segment}/:cast?`,
    operation: `groups.${segment}`,
    subject,
    handle: (call) => listMembers(frame, call, transitive),
  });
  return [
    {
      method: 'GET',
      path: '/v1.0/groups',
      operation: 'groups.list',
      handle: (call) => listKind(frame, 'group', call, 1),
    },
    {
      method: 'GET',
      path: '/v1.0/groups/$count',
      operation: 'groups.count',
      handle: (call) => countAnswer(call, state.objects.groups, clock()),
    },
    {
      method: 'GET',
      path: '/v1.0/groups/:id',
      operation: 'groups.get',
      subject,
      handle: (call) => readGroup(frame, call),
    },
    members('members', false),
    members('transitiveMembers', true),
  ];
}

function liveGroup({ state, clock }: MicrosoftFrame, call: Call): DirectoryObject {
  const { id = '' } = call.params;
  const group = state.objects.get(id);
  if (group?.kind !== 'group' || group.status !== 'live') throw missing(clock(), id);
  return group;
}

function readGroup(frame: MicrosoftFrame, call: Call): SimulatedResponse {
  const group = liveGroup(frame, call);
  const select = selected(call, 'group', frame.clock());
  const fields = call.query.has('$select') ? `(${select})` : '';
  const context = `${frame.origin()}/v1.0/$metadata#groups${fields}/$entity`;
  const headers = { 'x-ms-resource-unit': String(resourceUnitsOf(call, 1)) };
  return json(200, { '@odata.context': context, ...shape(group, select) }, headers);
}

/** Members of all kinds with their type, or those of one kind when the path ends with a cast. */
function listMembers(frame: MicrosoftFrame, call: Call, transitive: boolean): SimulatedResponse {
  const now = frame.clock();
  const { cast } = call.params;
  if (cast === '$count')
    return countAnswer(call, frame.state.members(liveGroup(frame, call), transitive), now);
  if (cast !== undefined && !/^microsoft\.graph\.(user|group)$/.test(cast)) {
    throw badRequest(now, `Resource not found for the segment '${cast}'.`);
  }
  const select = call.query.get('$select')?.split(',') ?? null;
  const unknown = select?.find((name) => !isProperty('user', name) && !isProperty('group', name));
  if (unknown !== undefined) {
    throw badRequest(
      now,
      `Could not find a property named '${unknown}' on type 'microsoft.graph.directoryObject'.`,
    );
  }
  const all = frame.state.members(liveGroup(frame, call), transitive);
  const wanted = cast === undefined ? all : all.filter(({ kind }) => cast === `microsoft.graph.${kind}`);
  return listObjects(call, wanted, (member) => showTyped(member, select), {
    origin: frame.origin(),
    context: 'directoryObjects',
    resourceUnits: transitive ? 5 : 3,
    now,
  });
}
