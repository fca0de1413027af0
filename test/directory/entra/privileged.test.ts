import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import { privilegedRoles } from '../../../directory/entra/read/privileged-roles.ts';
import { PermissionError, TransientError } from '../../../domain/errors.ts';
import { rejection } from './failures.ts';
import {
  type FakeMicrosoft,
  type FakeResponse,
  graphError,
  settingsFor,
  withMicrosoft,
} from './fake-microsoft.ts';

const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';
const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1';
const directoryReaders = '88d8e3e3-8f55-4a1e-953a-9b9898b8876b';

const missing: FakeResponse = { status: 404, body: graphError('Request_ResourceNotFound') };
const assignment = (
  principalId: string,
  templateId: string,
  displayName: string,
  directoryScopeId = '/',
) => ({
  id: `${principalId}-${templateId}`,
  principalId,
  roleDefinitionId: templateId,
  directoryScopeId,
  roleDefinition: { id: templateId, templateId, displayName, isBuiltIn: true },
});
const member = (id: string, type = 'user') => ({ '@odata.type': `#microsoft.graph.${type}`, id });

/** Serves each path, alone or inside a batch. A path is the part before the `?`. */
function serve(microsoft: FakeMicrosoft, responses: Record<string, FakeResponse>): void {
  const one = (path: string) =>
    responses[path.replace('/v1.0', '').replace(/\?\$(select|expand)=.*/, '')] ?? missing;
  const schema = z.object({ requests: z.array(z.object({ id: z.string(), url: z.string() })) });
  microsoft.graph = ({ path, body }) => {
    if (!path.endsWith('/$batch')) return one(path);
    const { requests } = schema.parse(JSON.parse(body));
    return { body: { responses: requests.map(({ id, url }) => ({ id, status: 200, ...one(url) })) } };
  };
}

const assignmentsPath = '/roleManagement/directory/roleAssignments';

test('finds holders of privileged roles directly, through groups and in administrative units, over all pages', () =>
  withMicrosoft(async (microsoft) => {
    serve(microsoft, {
      [assignmentsPath]: {
        body: {
          value: [
            assignment('ada', globalAdministrator, 'Global Administrator'),
            assignment('bob', directoryReaders, 'Directory Readers'),
            assignment('admins', userAdministrator, 'User Administrator'),
          ],
          '@odata.nextLink': `${microsoft.origin}/v1.0${assignmentsPath}?$skiptoken=2`,
        },
      },
      [`${assignmentsPath}?$skiptoken=2`]: {
        body: {
          value: [
            assignment('robot', globalAdministrator, 'Global Administrator'),
            assignment('cem', userAdministrator, 'User Administrator', '/administrativeUnits/north'),
          ],
        },
      },
      '/users/ada': { body: { id: 'ada' } },
      '/users/bob': { body: { id: 'bob' } },
      '/users/cem': { body: { id: 'cem' } },
      '/groups/admins/members': {
        body: {
          value: [member('dee'), member('laptop', 'device')],
          '@odata.nextLink': `${microsoft.origin}/v1.0/groups/admins/members?$skiptoken=2`,
        },
      },
      '/groups/admins/members?$skiptoken=2': { body: { value: [member('ada')] } },
    });
    expect(await createEntraSource(settingsFor(microsoft)).privileged()).toEqual([
      { personId: 'ada', roles: ['Global Administrator', 'User Administrator'] },
      { personId: 'cem', roles: ['User Administrator'] },
      { personId: 'dee', roles: ['User Administrator'] },
    ]);
    expect(microsoft.requestLines[0]).toBe(`GET /v1.0${assignmentsPath}?$expand=roleDefinition`);
  }));

test('recognizes a role by its template when its definition has another id or is absent', () =>
  withMicrosoft(async (microsoft) => {
    const byTemplate = {
      ...assignment('ada', globalAdministrator, 'Firmenchef'),
      roleDefinitionId: 'own-id',
    };
    const bare = { principalId: 'bob', roleDefinitionId: userAdministrator, roleDefinition: null };
    serve(microsoft, {
      [assignmentsPath]: { body: { value: [byTemplate, bare] } },
      '/users/ada': { body: { id: 'ada' } },
      '/users/bob': { body: { id: 'bob' } },
    });
    expect(await createEntraSource(settingsFor(microsoft)).privileged()).toEqual([
      { personId: 'ada', roles: ['Global Administrator'] },
      { personId: 'bob', roles: ['User Administrator'] },
    ]);
  }));

test('fails without the permission or with half a response', () =>
  withMicrosoft(async (microsoft) => {
    const source = createEntraSource(settingsFor(microsoft));
    serve(microsoft, { [assignmentsPath]: { status: 403, body: graphError('Authorization_RequestDenied') } });
    const denied = await rejection(source.privileged());
    expect(denied).toBeInstanceOf(PermissionError);
    expect(denied).toMatchObject({ remedy: expect.stringContaining('RoleManagement.Read.Directory') });
    serve(microsoft, {
      [assignmentsPath]: {
        body: { value: [assignment('ada', globalAdministrator, 'Global Administrator')] },
      },
      '/users/ada': { status: 503 },
    });
    expect(await rejection(source.privileged())).toBeInstanceOf(TransientError);
  }));

test('lists each privileged role once, by its template id', () => {
  const ids = privilegedRoles.map((role) => role.templateId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test('lists users and groups assigned to the application over all pages, each once', () =>
  withMicrosoft(async (microsoft) => {
    const settings = settingsFor(microsoft);
    const path = `/servicePrincipals(appId='${settings.clientId}')/appRoleAssignedTo`;
    const assigned = (principalId: string, principalType: string, deletedDateTime: string | null = null) => ({
      principalId,
      principalType,
      deletedDateTime,
    });
    const next = `${microsoft.origin}/v1.0${path}?$skiptoken=2`;
    const first = [assigned('guild', 'Group'), assigned('robot', 'ServicePrincipal')];
    const second = [
      assigned('ada', 'User'),
      assigned('guild', 'Group'),
      assigned('bob', 'User', '2026-11-01T00:00:00Z'),
    ];
    serve(microsoft, {
      [path]: { body: { value: first, '@odata.nextLink': next } },
      [`${path}?$skiptoken=2`]: { body: { value: second } },
    });
    expect(await createEntraSource(settings).appAssignments()).toEqual(['ada', 'guild']);
  }));

test('names the missing permission to read assignments', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => ({ status: 403, body: graphError('Authorization_RequestDenied') });
    const error = await rejection(createEntraSource(settingsFor(microsoft)).appAssignments());
    expect(error).toMatchObject({ remedy: expect.stringContaining('Application.Read.All') });
  }));
