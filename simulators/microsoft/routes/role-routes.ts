/**
 * Directory roles, assignments to the enterprise application, the organization
 * (docs/reference/microsoft-graph.md sections 2.3 and 9).
 */
import { type Call, json, type SimulatedResponse } from '../../answer.ts';
import type { Route } from '../../service.ts';
import { badRequest, filterTest, list, showTyped } from '../directory/query.ts';
import type { RoleAssignment, RoleDefinition } from '../directory/records.ts';
import type { MicrosoftFrame } from '../frame.ts';
import { missing } from './user-routes.ts';

/** Id of the enterprise application's object in the tenant. */
export const servicePrincipalId = '5a0d4c1e-7e51-4f0b-9d5c-3a2f1b6c7d8e';
const defaultAccess = '00000000-0000-0000-0000-000000000000';

export function roleRoutes(frame: MicrosoftFrame): Route[] {
  const read = (path: string, operation: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path: `/v1.0${path}`,
    operation,
    handle,
  });
  const listing = (context: string) => ({
    origin: frame.origin(),
    context,
    resourceUnits: 1,
    now: frame.clock(),
  });
  const filtered = <Item>(call: Call, context: string, all: Item[], show: (item: Item) => Shown) => {
    const test = filterTest(call, frame.clock());
    const shown = all.map(show).filter((item) => !test || test(item));
    return list(
      call,
      shown,
      () => true,
      (item) => item,
      listing(context),
    );
  };
  const { state } = frame;
  return [
    read('/roleManagement/directory/roleAssignments', 'roles.assignments', (call) =>
      filtered(
        call,
        'roleManagement/directory/roleAssignments',
        state.roleAssignments,
        showAssignment(frame, call),
      ),
    ),
    read('/roleManagement/directory/roleDefinitions', 'roles.definitions', (call) =>
      filtered(call, 'roleManagement/directory/roleDefinitions', state.roleDefinitions, showDefinition),
    ),
    read('/directoryRoles', 'roles.active', (call) =>
      filtered(call, 'directoryRoles', activeRoles(frame), showActiveRole),
    ),
    read('/directoryRoles/:id/members', 'roles.members', (call) => roleMembers(frame, call)),
    read('/servicePrincipals', 'servicePrincipals.list', (call) =>
      filtered(call, 'servicePrincipals', [servicePrincipal(frame)], (item) => item),
    ),
    read('/servicePrincipals/:id/appRoleAssignedTo', 'servicePrincipals.appRoleAssignedTo', (call) => {
      requireServicePrincipal(frame, call);
      return filtered(
        call,
        `servicePrincipals('${servicePrincipalId}')/appRoleAssignedTo`,
        assignedTo(frame),
        (item) => item,
      );
    }),
    read('/organization', 'organization', () => organization(frame)),
  ];
}

type Shown = Record<string, unknown>;

const showDefinition = ({ id, displayName, description }: RoleDefinition): Shown => ({
  id,
  description,
  displayName,
  isBuiltIn: true,
  isEnabled: true,
  resourceScopes: ['/'],
  templateId: id,
  version: '1',
});

function showAssignment({ state, clock }: MicrosoftFrame, call: Call): (item: RoleAssignment) => Shown {
  const expand = call.query.get('$expand');
  if (expand !== null && expand !== 'roleDefinition' && expand !== 'principal') {
    throw badRequest(clock(), `Only one of roleDefinition and principal can be expanded, not '${expand}'.`);
  }
  return ({ id, principalId, roleDefinitionId, directoryScopeId = '/' }) => {
    const definition = state.roleDefinitions.find((role) => role.id === roleDefinitionId);
    const principal = state.objects.get(principalId);
    return {
      id,
      principalId,
      directoryScopeId,
      roleDefinitionId,
      ...(expand === 'roleDefinition' && definition ? { roleDefinition: showDefinition(definition) } : {}),
      ...(expand === 'principal' && principal ? { principal: showTyped(principal, null) } : {}),
    };
  };
}

/** Only roles that somebody holds are active. */
const activeRoles = ({ state }: MicrosoftFrame): RoleDefinition[] =>
  state.roleDefinitions.filter(({ id }) =>
    state.roleAssignments.some(({ roleDefinitionId }) => roleDefinitionId === id),
  );

const showActiveRole = ({ id, displayName, description }: RoleDefinition): Shown => ({
  id,
  deletedDateTime: null,
  description,
  displayName,
  roleTemplateId: id,
});

/** `/directoryRoles/{id}/members` and `/directoryRoles/roleTemplateId={id}/members`. */
function roleMembers(frame: MicrosoftFrame, call: Call): SimulatedResponse {
  const id = (call.params.id ?? '').replace(/^roleTemplateId=/, '').replaceAll("'", '');
  if (!activeRoles(frame).some((role) => role.id === id)) throw missing(frame.clock(), id);
  const holders = frame.state.roleAssignments
    .filter(({ roleDefinitionId }) => roleDefinitionId === id)
    .flatMap(({ principalId }) => frame.state.objects.get(principalId) ?? [])
    .filter(({ status }) => status === 'live');
  const value = holders.map((holder) => showTyped(holder, null));
  return json(200, { '@odata.context': `${frame.origin()}/v1.0/$metadata#directoryObjects`, value });
}

const servicePrincipal = ({ state }: MicrosoftFrame): Shown => ({
  id: servicePrincipalId,
  appId: state.app.clientId,
  displayName: 'Timely Directory Sync',
  servicePrincipalType: 'Application',
  accountEnabled: true,
  appRoleAssignmentRequired: false,
});

function requireServicePrincipal({ state, clock }: MicrosoftFrame, call: Call): void {
  const { id = '' } = call.params;
  if (id !== servicePrincipalId && id !== `appId=${state.app.clientId}`) throw missing(clock(), id);
}

const assignedTo = ({ state }: MicrosoftFrame): Shown[] =>
  state.appAssignments.map(({ id, principalId, createdDateTime }) => {
    const principal = state.objects.get(principalId);
    return {
      id,
      deletedDateTime: null,
      appRoleId: defaultAccess,
      createdDateTime,
      principalDisplayName: principal?.properties.displayName ?? null,
      principalId,
      principalType: principal?.kind === 'group' ? 'Group' : 'User',
      resourceDisplayName: 'Timely Directory Sync',
      resourceId: servicePrincipalId,
    };
  });

function organization({ state, origin }: MicrosoftFrame): SimulatedResponse {
  const domain = {
    capabilities: 'Email',
    isDefault: true,
    isInitial: true,
    name: state.domain,
    type: 'Managed',
  };
  const value = [
    {
      id: state.app.tenantId,
      displayName: state.tenantName,
      countryLetterCode: 'DE',
      verifiedDomains: [domain],
    },
  ];
  return json(200, { '@odata.context': `${origin()}/v1.0/$metadata#organization`, value });
}
