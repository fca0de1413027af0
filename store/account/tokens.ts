/** Timely's tokens, encrypted, and the lock that lets one worker at a time refresh them. */
import { and, eq, max, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { ConfigurationError } from '../../domain/errors.ts';
import type { Database, Store } from '../database.ts';
import { oauthTokens } from '../schema/account-tables.ts';
import { decrypt, type EncryptionKeys, encrypt } from './encryption.ts';

/** Whose tokens: of a tenant, for one account of Timely at one address. Others can neither read nor replace them. */
export interface TokenOwner {
  tenant: string;
  accountId: number;
  /** Scheme, host and port. */
  origin: string;
}

/** The accounts that a tenant has tokens for. */
export async function accountsWithTokens(
  store: Store,
  tenant: string,
): Promise<Omit<TokenOwner, 'tenant'>[]> {
  const { accountId, origin } = oauthTokens;
  return await store
    .select({ accountId, origin })
    .from(oauthTokens)
    .where(eq(oauthTokens.tenant, tenant))
    .orderBy(accountId, origin);
}

/** When tokens of the tenant were stored last, by a sign-in or a renewal; null when it has none. */
export async function tokensSavedAt(store: Store, tenant: string): Promise<Date | null> {
  const [row] = await store
    .select({ at: max(oauthTokens.savedAt) })
    .from(oauthTokens)
    .where(eq(oauthTokens.tenant, tenant));
  return row?.at ?? null;
}

/**
 * A vault for one tenant's tokens. `withLock` holds a lock over all processes while `work` runs; `save` commits at once,
 * so that a new pair is stored before it is used (docs/reference/rules.md section 7). Tokens that an older key decrypts are
 * encrypted again with the current key at once.
 */
export function createTokenVault<Tokens>(
  database: Database,
  { key, parse, ...owner }: TokenOwner & { key: EncryptionKeys; parse: (value: unknown) => Tokens },
) {
  const { tenant, accountId, origin } = owner;
  const context = JSON.stringify(['oauth_tokens', tenant, accountId, origin]);
  const isOwn = and(
    eq(oauthTokens.tenant, tenant),
    eq(oauthTokens.accountId, accountId),
    eq(oauthTokens.origin, origin),
  );
  const read = async (store: Store): Promise<Tokens | null> => {
    const [row] = await store.select().from(oauthTokens).where(isOwn);
    if (!row) return null;
    const opened = decrypt(row.encrypted, key, context);
    if (opened === null) throw encryptedOtherwise();
    const { text, isCurrent } = opened;
    if (!isCurrent) await reencrypt(store, row.encrypted, text);
    return parse(JSON.parse(text));
  };
  /** A pair that another worker has saved meanwhile stays: it has the current key. */
  const reencrypt = async (store: Store, before: Buffer, text: string) => {
    await store
      .update(oauthTokens)
      .set({ encrypted: encrypt(text, key, context) })
      .where(and(isOwn, eq(oauthTokens.encrypted, before)));
  };
  const save = async (store: Store, tokens: Tokens) => {
    const encrypted = encrypt(JSON.stringify(tokens), key, context);
    await store
      .insert(oauthTokens)
      .values({ tenant, accountId, origin, encrypted })
      .onConflictDoUpdate({
        target: [oauthTokens.tenant, oauthTokens.accountId, oauthTokens.origin],
        set: { encrypted, savedAt: new Date() },
      });
  };
  return {
    read: () => read(database),
    async withLock<Result>(
      work: (held: {
        read(): Promise<Tokens | null>;
        save(tokens: Tokens): Promise<void>;
      }) => Promise<Result>,
    ): Promise<Result> {
      // A lock of the session, not of a transaction: what `save` writes must be there for all before the lock is given back.
      const connection = await database.$client.connect();
      const store = drizzle({ client: connection });
      const lock = sql`hashtextextended(${`oauth/${tenant}`}, 0)`;
      try {
        await store.execute(sql`select pg_advisory_lock(${lock})`);
        try {
          return await work({ read: () => read(store), save: (tokens) => save(store, tokens) });
        } finally {
          await store.execute(sql`select pg_advisory_unlock(${lock})`);
        }
      } finally {
        connection.release();
      }
    },
  };
}

const encryptedOtherwise = () =>
  new ConfigurationError(
    'The stored Timely tokens were encrypted with another TIMELY_SYNC_KEY, or for another tenant, account or address of Timely.',
    {
      remedy:
        'Give the workers the key they had before, as TIMELY_SYNC_KEY_PREVIOUS when it was replaced, or connect the tenant again.',
    },
  );
