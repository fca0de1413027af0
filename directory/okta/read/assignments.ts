/** Who is assigned to the app, directly or through a group (docs/reference/okta-and-sap.md section 1.2). */
import { z } from 'zod';
import { ConfigurationError, ContractError, NotFoundError } from '../../../domain/errors.ts';
import { objectId } from '../../odd-records.ts';
import type { OktaClient } from '../client/okta-client.ts';
import type { OktaCall } from '../client/okta-errors.ts';
import { listAll } from '../client/paging.ts';

export const appUsersCall: OktaCall = { operation: 'GET /apps/{id}/users', scope: 'okta.apps.read' };
const appGroupsCall: OktaCall = { operation: 'GET /apps/{id}/groups', scope: 'okta.apps.read' };

const appUser = z.object({ id: objectId, status: z.string().nullish().catch(null) });
const appGroup = z.object({ id: objectId });

export interface AppAssignments {
  people: string[];
  groups: string[];
}

export const appUsersPath = (app: string, limit: number) =>
  `/apps/${encodeURIComponent(app)}/users?limit=${limit}`;

/** @throws ConfigurationError when the org has no such app */
export async function listAppAssignments(okta: OktaClient, app: string): Promise<AppAssignments> {
  const [users, groups] = await Promise.all([
    listAll(okta, appUsersPath(app, 500), appUser, appUsersCall),
    listAll(okta, `/apps/${encodeURIComponent(app)}/groups?limit=200`, appGroup, appGroupsCall),
  ]).catch((error: unknown) => {
    throw error instanceof NotFoundError ? unknownApp(app, error) : error;
  });
  if (users.length === 0 && groups.length > 0) {
    throw new ContractError(
      `${appUsersCall.operation}: Okta lists groups that are assigned to the app, and nobody in them.`,
    );
  }
  const people = users.filter(({ status }) => status !== 'DEPROVISIONED').map(({ id }) => id);
  return { people: unique(people), groups: unique(groups.map(({ id }) => id)) };
}

const unknownApp = (app: string, cause: unknown) =>
  new ConfigurationError(`Okta has no app ${app}.`, {
    cause,
    remedy: 'Correct source.app: it is the id in the address of the app in the admin console.',
  });

const unique = (ids: string[]) => [...new Set(ids)].toSorted();
