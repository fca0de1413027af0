/**
 * Directory roles, assignments to the enterprise application, the organization
 * (docs/reference/microsoft-graph.md sections 2.3 and 9).
 */

import type { Route } from '../../service.ts';
import { jsonResponse, type SimulatedRequest, type SimulatedResponse } from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { badRequest, filterTest, list, showTyped } from '../directory/query.ts';
import type { RoleAssignment, RoleDefinition } from '../directory/records.ts';
import { notFoundRefusal } from './user-routes.ts';

/** Object id of the enterprise application in the tenant, and of the shared one once there is consent. */
export const servicePrincipalId = '5a0d4c1e-7e51-4f0b-9d5c-3a2f1b6c7d8e';
const sharedServicePrincipalId = '5a0d4c1e-7e51-4f0b-9d5c-3a2f1b6c7d8f';
const defaultAccess = '00000000-0000-0000-0000-000000000000';

export function roleRoutes(context: MicrosoftContext): Route[] {
  const read = (path: string, operation: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path: `/v1.0${path}`,
    operation,
    handle,
  });
  const listing = (odataContext: string) => ({
    origin: context.origin(),
    odataContext,
    resourceUnits: 1,
    now: context.clock(),
  });
  const filtered = <Item>(
    request: SimulatedRequest,
    odataContext: string,
    all: Item[],
    show: (item: Item) => Shown,
  ) => {
    const test = filterTest(request, context.clock());
    const shown = all.map(show).filter((item) => !test || test(item));
    return list(
      request,
      shown,
      () => true,
      (item) => item,
      listing(odataContext),
    );
  };
  const { state } = context;
  return [
    read('/roleManagement/directory/roleAssignments', 'roles.assignments', (request) =>
      filtered(
        request,
        'roleManagement/directory/roleAssignments',
        state.roleAssignments,
        showAssignment(context, request),
      ),
    ),
    read('/roleManagement/directory/roleDefinitions', 'roles.definitions', (request) =>
      filtered(request, 'roleManagement/directory/roleDefinitions', state.roleDefinitions, showDefinition),
    ),
    read('/directoryRoles', 'roles.active', (request) =>
      filtered(request, 'directoryRoles', activeRoles(context), showActiveRole),
    ),
    read('/directoryRoles/:id/members', 'roles.members', (request) => roleMembers(context, request)),
    read('/servicePrincipals', 'servicePrincipals.list', (request) =>
      filtered(request, 'servicePrincipals', servicePrincipals(context), (item) => item),
    ),
    read('/servicePrincipals/:id/appRoleAssignedTo', 'servicePrincipals.appRoleAssignedTo', (request) => {
      const id = requiredServicePrincipal(context, request);
      return filtered(
        request,
        `servicePrincipals('${id}')/appRoleAssignedTo`,
        assignedTo(context, id),
        (item) => item,
      );
    }),
    read('/organization', 'organization', () => organization(context)),
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

function showAssignment(
  { state, clock }: MicrosoftContext,
  request: SimulatedRequest,
): (item: RoleAssignment) => Shown {
  const expand = request.query.get('$expand');
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

/** Only assigned roles are active. */
const activeRoles = ({ state }: MicrosoftContext): RoleDefinition[] =>
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
function roleMembers(context: MicrosoftContext, request: SimulatedRequest): SimulatedResponse {
  const id = (request.params.id ?? '').replace(/^roleTemplateId=/, '').replaceAll("'", '');
  if (!activeRoles(context).some((role) => role.id === id)) throw notFoundRefusal(context.clock(), id);
  const holders = context.state.roleAssignments
    .filter(({ roleDefinitionId }) => roleDefinitionId === id)
    .flatMap(({ principalId }) => context.state.objects.get(principalId) ?? [])
    .filter(({ status }) => status === 'live');
  const value = holders.map((holder) => showTyped(holder, null));
  return jsonResponse(200, {
    '@odata.context': `${context.origin()}/v1.0/$metadata#directoryObjects`,
    value,
  });
}

const servicePrincipals = ({ state: { app, sharedApp } }: MicrosoftContext) =>
  [
    { id: servicePrincipalId, appId: app.clientId },
    ...(sharedApp.granted ? [{ id: sharedServicePrincipalId, appId: sharedApp.clientId }] : []),
  ].map((principal) => ({
    ...principal,
    displayName: 'Timely Directory Sync',
    servicePrincipalType: 'Application',
    accountEnabled: true,
    appRoleAssignmentRequired: false,
  }));

function requiredServicePrincipal(context: MicrosoftContext, request: SimulatedRequest): string {
  const { id: named = '' } = request.params;
  const found = servicePrincipals(context).find(
    ({ id, appId }) => named === id || named === `appId=${appId}`,
  );
  if (!found) throw notFoundRefusal(context.clock(), named);
  return found.id;
}

const assignedTo = ({ state }: MicrosoftContext, resourceId: string): Shown[] =>
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
      resourceId,
    };
  });

function organization({ state, origin }: MicrosoftContext): SimulatedResponse {
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
  return jsonResponse(200, { '@odata.context': `${origin()}/v1.0/$metadata#organization`, value });
}
