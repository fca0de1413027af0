import { z } from 'zod';
import { RejectedError } from '../domain/errors.ts';
import type { TimelyUser } from '../domain/timely.ts';
import type { AccountCalls } from './account.ts';
import type { TakesSeat } from './refusals.ts';
import { emptyWhenRefused, nullWhenNotFound, type Send } from './requests.ts';
import { type TimelyPermission, userResponse } from './responses.ts';
import { verifyUser } from './verify-response.ts';

/**
 * A person to invite, or a removed user to reinstate: the call is the same (docs/reference/timely-api.md section 2.4).
 */
export interface Invitation {
  /** As `nameForTimely` returns it. */
  name: string;
  email: string;
  roleId: number;
  /** The directory's object id. */
  externalId: string;
}

/** Writes to the account's users. All may throw the errors of `Send`. */
export interface UserWrites {
  /**
   * Sends the person an e-mail each time it is called. `beforeSending` is awaited right before the request goes out.
   * The user may come back with another role than requested: then Timely ignored the role.
   * @throws RejectedError with `fields.seat` when there is no seat, WriteIgnoredError when Timely invited otherwise
   */
  invite(invitation: Invitation, beforeSending?: () => Promise<void>): Promise<TimelyUser>;
  /** @throws RejectedError also when Timely keeps the role */
  changeRole(user: TimelyUser, roleId: number): Promise<TimelyUser>;
  /** The user as Timely answers, which may have kept the former one. */
  changeExternalId(user: TimelyUser, externalId: string): Promise<TimelyUser>;
  /** Succeeds also when the user does not exist. */
  remove(id: number): Promise<void>;
}

export function createUserWrites(
  send: Send,
  path: string,
  { account, permissions }: AccountCalls,
): UserWrites {
  /** Not when a seat is free or the right to invite is missing: then a bare refusal is about a lost permission. */
  const mayWantSeats = async () => {
    const { seats, userCount } = await account();
    if (seats !== null && userCount !== null && userCount < seats) return false;
    return mayInvite(await permissions().catch(emptyWhenRefused));
  };
  return {
    invite: (invitation, beforeSending) => invite(send, path, { ...invitation, mayWantSeats }, beforeSending),
    changeRole: (user, roleId) => changeRole(send, path, user, roleId),
    changeExternalId: (user, externalId) => changeExternalId(send, path, user, externalId),
    remove: async (id) => {
      const call = { what: `remove user ${id}`, method: 'DELETE', path: `${path}/${id}` } as const;
      // Whether a second removal answers 404 is unknown (docs/reference/timely-api.md section 2.6).
      await send({ ...call, schema: z.unknown() }).catch(nullWhenNotFound);
    },
  };
}

const mayInvite = (granted: TimelyPermission[]) =>
  granted.some(
    (row) => row.resource === 'user' && (row.global.includes('create') || row.permissions.includes('create')),
  );

async function invite(
  send: Send,
  path: string,
  { mayWantSeats, ...invitation }: Invitation & TakesSeat,
  beforeSending?: () => Promise<void>,
): Promise<TimelyUser> {
  const { name, roleId, externalId } = invitation;
  const email = withLowerCaseDomain(invitation.email);
  const what = 'invite a person';
  const user = await send({
    what,
    method: 'POST',
    path,
    body: { user: { name, email, role_id: roleId, external_id: externalId } },
    takesSeat: { mayWantSeats },
    ...(beforeSending && { beforeSending }),
    schema: userResponse,
  });
  return verifyUser(what, { email }, user);
}

async function changeRole(send: Send, path: string, user: TimelyUser, roleId: number): Promise<TimelyUser> {
  const what = `change the role of user ${user.id}`;
  const changed = await update(send, path, user, { what, fields: { role_id: roleId } });
  return verifyUser(what, { roleId }, changed);
}

const changeExternalId = (send: Send, path: string, user: TimelyUser, externalId: string) =>
  update(send, path, user, {
    what: `change the external id of user ${user.id}`,
    fields: { external_id: externalId },
  });

async function update(
  send: Send,
  path: string,
  { id, name, email }: TimelyUser,
  { what, fields }: { what: string; fields: object },
): Promise<TimelyUser> {
  const put = (others: object) =>
    send({
      what,
      method: 'PUT',
      path: `${path}/${id}`,
      body: { user: { ...others, ...fields } },
      schema: userResponse,
    });
  // Name and e-mail are formally required and cannot be changed, so they are sent back as read
  // (docs/reference/timely-api.md section 2.5). When Timely does not accept a name or address that it holds itself, the
  // change is sent alone, as its older document has it.
  return await put({ name, email }).catch((error: unknown) => {
    const isAboutOthers =
      error instanceof RejectedError && ('name' in error.fields || 'email' in error.fields);
    if (!isAboutOthers) throw error;
    return put({});
  });
}

/**
 * The domain of an address must be lower case (docs/reference/timely-api.md section 2.4). The part before it stays as
 * it is.
 */
function withLowerCaseDomain(email: string): string {
  const at = email.lastIndexOf('@');
  return email.slice(0, at) + email.slice(at).toLowerCase();
}
