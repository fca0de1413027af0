import type { z } from 'zod';
import { ConfigurationError, NotFoundError } from '../domain/errors.ts';
import type { TimelyAccount, TimelyRole, TimelySubscription, TimelyUser } from '../domain/timely.ts';
import type { Send } from './requests.ts';
import {
  accountResponse,
  permissionsResponse,
  rolesResponse,
  subscriptionResponse,
  type TimelyPermission,
  userResponse,
} from './responses.ts';

/** Reads of the account itself, its roles, and the user that the sync acts as. All may throw the errors of `Send`. */
export interface AccountCalls {
  /** @throws ConfigurationError when the token's user is not in this account */
  account(): Promise<TimelyAccount>;
  /** What the account says about its plan, by the same request. @throws ConfigurationError as `account` */
  subscription(): Promise<TimelySubscription>;
  /** Role ids differ per account: look them up by name (docs/reference/timely-api.md section 4). */
  roles(): Promise<TimelyRole[]>;
  /** The user that the sync writes as. */
  currentUser(): Promise<TimelyUser>;
  /** What that user may do. */
  permissions(): Promise<TimelyPermission[]>;
}

export function createAccountCalls(send: Send, accountId: number): AccountCalls {
  const get = <T>(what: string, path: string, schema: z.ZodType<T>) =>
    send({ what, method: 'GET', path, schema });
  // The path of the account differs from those of its parts (docs/reference/timely-api.md section 5).
  const readAccount = <Part>(schema: z.ZodType<Part>) =>
    get('read the account', `/accounts/${accountId}`, schema).catch((error: unknown) => {
      throw error instanceof NotFoundError ? unknownAccount(accountId, error) : error;
    });
  const ownPath = `/${accountId}/users/current`;
  return {
    account: () => readAccount(accountResponse),
    subscription: () => readAccount(subscriptionResponse),
    roles: () => get('list the roles', `/${accountId}/roles`, rolesResponse),
    currentUser: () => get('read our own user', ownPath, userResponse),
    permissions: () => get('read our own permissions', `${ownPath}/permissions`, permissionsResponse),
  };
}

function unknownAccount(accountId: number, cause: NotFoundError): ConfigurationError {
  return new ConfigurationError(`The user who connected to Timely is not in account ${accountId}`, {
    cause,
    remedy: 'Correct `target.accountId` in the tenant file, or connect as an Admin of that account.',
  });
}
