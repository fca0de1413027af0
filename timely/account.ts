import type { z } from 'zod';
import { ConfigurationError, NotFoundError } from '../domain/errors.ts';
import type { TimelyAccount, TimelyRole, TimelySubscription, TimelyUser } from '../domain/timely.ts';
import type { Send } from './requests.ts';
import {
  accountAnswer,
  permissionsAnswer,
  rolesAnswer,
  subscriptionAnswer,
  type TimelyPermission,
  userAnswer,
} from './responses.ts';

/** The account itself, its roles, and who we are in it. All may throw the errors of `Send`. */
export interface AccountCalls {
  /** @throws ConfigurationError when the token's user is not in this account */
  account(): Promise<TimelyAccount>;
  /** What the account says about its plan, from the same place. @throws ConfigurationError as `account` */
  subscription(): Promise<TimelySubscription>;
  /** Role ids differ per account: look them up by name (docs/reference/timely-api.md section 4). */
  roles(): Promise<TimelyRole[]>;
  /** The user whose token we write with. */
  currentUser(): Promise<TimelyUser>;
  /** What that user may do. */
  permissions(): Promise<TimelyPermission[]>;
}

export function createAccountCalls(send: Send, accountId: number): AccountCalls {
  const get = 'GET';
  // The account stands beside the account's own paths (docs/reference/timely-api.md section 5).
  const readAccount = <Part>(answer: z.ZodType<Part>) =>
    send({ what: 'read the account', method: get, path: `/accounts/${accountId}`, answer }).catch(
      (error: unknown) => {
        throw error instanceof NotFoundError ? unknownAccount(accountId, error) : error;
      },
    );
  return {
    account: () => readAccount(accountAnswer),
    subscription: () => readAccount(subscriptionAnswer),
    roles: () =>
      send({ what: 'list the roles', method: get, path: `/${accountId}/roles`, answer: rolesAnswer }),
    currentUser: () =>
      send({
        what: 'read our own user',
        method: get,
        path: `/${accountId}/users/current`,
        answer: userAnswer,
      }),
    permissions: () =>
      send({
        what: 'read our own permissions',
        method: get,
        path: `/${accountId}/users/current/permissions`,
        answer: permissionsAnswer,
      }),
  };
}

function unknownAccount(accountId: number, cause: NotFoundError): ConfigurationError {
  return new ConfigurationError(`Timely knows no account ${accountId} of the person who connected`, {
    cause,
    remedy: 'Correct `target.accountId` in the tenant file, or connect as an Admin of that account.',
  });
}
