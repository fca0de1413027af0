import { z } from 'zod';
import { PermissionError } from '../../../domain/errors.ts';
import { inParallel } from '../../in-parallel.ts';
import { type OktaClient, readOkta } from '../client/okta-client.ts';
import { isMissing, type OktaCall } from '../client/okta-errors.ts';
import { readOnlyRemedy } from '../scopes.ts';
import { type OktaUser, oktaUser } from './people.ts';

const call: OktaCall = { operation: 'GET /users/{id}', scope: 'okta.users.read' };
const listCall: OktaCall = { operation: 'GET /users', scope: 'okta.users.read' };

/**
 * Reads people one by one, in the order of the ids; null for those whom Okta does not have. A response that proves nothing is an
 * error, never "gone".
 */
export async function peopleById(okta: OktaClient, ids: readonly string[]): Promise<(OktaUser | null)[]> {
  const people = await inParallel(ids, async (id) => {
    const response = await okta.send(`/users/${encodeURIComponent(id)}`, call);
    return isMissing(response) ? null : readOkta(response, oktaUser, call);
  });
  // To an app that has lost its administrator role, everybody looks deleted.
  if (people.length > 0 && people.every((person) => person === null)) await requireSight(okta);
  return people;
}

async function requireSight(okta: OktaClient): Promise<void> {
  const listed = await okta.get('/users?limit=1', z.array(z.unknown()), listCall);
  if (listed.length > 0) return;
  throw new PermissionError(`${listCall.operation}: Okta shows the service app nobody.`, {
    remedy: readOnlyRemedy,
  });
}
