/** Tokens stay with the account and the address of Timely that they were issued for. */
import { timelyEndpoint } from '../config/connections.ts';
import type { TenantAccess } from '../config/policy/tenant-access.ts';
import { validateTenantFile } from '../config/tenant-file.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { accountsWithTokens } from '../store/account/tokens.ts';
import type { Database } from '../store/database.ts';
import { newestConfiguration } from '../store/tenants.ts';

/** An account of Timely, and where: scheme, host and port. */
export interface AccountAt {
  accountId: number;
  origin: string;
}

/**
 * For files that need not be in force: a check or preview of a file that names another account or another address of
 * Timely than its tenant has would use, or replace, the tokens of the tenant there. A sign-in (`signsIn`) of a tenant without
 * a file uses none, so it may correct the number of the account.
 * @throws ConfigurationError for such a file
 */
export async function refuseOtherAccount(
  database: Database,
  access: TenantAccess,
  tenant: string,
  account: AccountAt,
  signsIn: boolean,
): Promise<void> {
  const current = await accountInForce(database, access, tenant);
  const withTokens = signsIn ? [] : await accountsWithTokens(database, tenant);
  const known = current ? [current] : withTokens;
  const isKnown = known.some(
    ({ accountId, origin }) => accountId === account.accountId && origin === account.origin,
  );
  if (known.length === 0 || isKnown) return;
  throw new ConfigurationError(
    `The tenant ${tenant} has another account, or another address of Timely, than this file names. Its sign-in is not used there.`,
    {
      remedy: `If the change is right, put the file in force with \`timely-sync start <file>\`, then run \`timely-sync connect ${tenant}\`.`,
    },
  );
}

/** Null without a tenant file in force, and when the worker no longer resolves the address in it. */
async function accountInForce(
  database: Database,
  access: TenantAccess,
  tenant: string,
): Promise<AccountAt | null> {
  const stored = await newestConfiguration(database, tenant);
  if (stored === null) return null;
  const file = validateTenantFile(stored.file);
  try {
    return { accountId: file.target.accountId, origin: new URL(await timelyEndpoint(file, access)).origin };
  } catch (error) {
    if (error instanceof ConfigurationError) return null;
    throw error;
  }
}
