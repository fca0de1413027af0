/** Invites Ada against a small Timely, and catches the error. */
import { expect } from '@jest/globals';
import { SyncError } from '../../domain/errors.ts';
import { employee, withTimely } from './fake-timely.ts';

export const ada = {
  name: 'Ada Example',
  email: 'ada@example.com',
  roleId: employee,
  externalId: 'object-1',
};
export const json = (body: unknown, status: number, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });
export const text = (body: string, status: number) => new Response(body, { status });
export const invitation = { method: 'POST', path: /users$/ };

/** The SyncError that a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<SyncError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof SyncError) return error;
  throw new Error('It did not reject with a SyncError.', { cause: error });
}

/** The error of inviting Ada when Timely sends this response. */
export async function inviteWithResponse(
  response: Response | 'cut' | 'silence',
  timeoutMs?: number,
): Promise<SyncError> {
  let error: SyncError | undefined;
  await withTimely(async ({ timely, api }) => {
    timely.fault({
      ...invitation,
      times: response instanceof Response && response.status === 401 ? 2 : 1,
      response,
    });
    error = await failureOf(api.invite(ada));
    expect(timely.mails).toEqual([]);
  }, timeoutMs);
  if (!error) throw new Error('It did not fail.');
  return error;
}
