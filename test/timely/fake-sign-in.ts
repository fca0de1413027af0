/** Timely's token endpoint with refresh tokens that work once, and a vault with a lock, both in memory. */
import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { expect } from '@jest/globals';
import { Hono } from 'hono';
import { z } from 'zod';
import type { LockedVault, StoredTokens, TokenSource, TokenVault } from '../../timely/ports.ts';
import { createTokenSource, parseStoredTokens } from '../../timely/token-source.ts';

export const application = { clientId: 'client', clientSecret: 'client-secret-of-contoso' };

const grant = z.object({
  grant_type: z.enum(['authorization_code', 'refresh_token']),
  client_id: z.literal(application.clientId),
  client_secret: z.string(),
  refresh_token: z.string().optional(),
  code: z.string().optional(),
  redirect_uri: z.string().optional(),
});

export interface SignIn {
  endpoint: string;
  /** Refresh tokens that work now; each works once. */
  live: Set<string>;
  /** All refresh tokens that were offered, in order. */
  offered: string[];
  /** Sent to the next request in place of the usual response. */
  nextResponse: Response | null;
  /** Merged into the usual response; a key with `undefined` removes it. */
  overrides: Record<string, unknown>;
  /** Called with each new access token before it is returned. */
  whenIssued: (accessToken: string) => void;
}

/** Runs a test beside a token endpoint of its own. */
export async function withSignIn(test: (signIn: SignIn) => Promise<void>): Promise<void> {
  const signIn: SignIn = {
    endpoint: '',
    live: new Set(),
    offered: [],
    nextResponse: null,
    overrides: {},
    whenIssued: () => {},
  };
  let issued = 0;
  const app = new Hono();
  app.post('/1.1/oauth/token', async (context) => {
    const { client_secret, refresh_token = '', code } = grant.parse(await context.req.json());
    if (refresh_token) signIn.offered.push(refresh_token);
    if (signIn.nextResponse) {
      const response = signIn.nextResponse;
      signIn.nextResponse = null;
      return response;
    }
    if (client_secret !== application.clientSecret) return context.json({ error: 'invalid_client' }, 401);
    const known = code === 'good-code' || signIn.live.delete(refresh_token);
    if (!known) return context.json({ error: 'invalid_grant', error_description: 'revoked' }, 400);
    issued += 1;
    const tokens = { access_token: `access-secret-${issued}`, refresh_token: `refresh-secret-${issued}` };
    signIn.live.add(tokens.refresh_token);
    signIn.whenIssued(tokens.access_token);
    // Real responses have no `expires_in` (docs/reference/timely-api.md section 1).
    return context.json({ token_type: 'Bearer', scope: 'manage', ...tokens, ...signIn.overrides });
  });
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  signIn.endpoint = `http://127.0.0.1:${address.port}`;
  try {
    await test(signIn);
  } finally {
    const closed = once(server, 'close');
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
    await closed;
  }
}

/** A vault like the store's: JSON at rest, one holder of the lock at a time. */
export class MemoryVault implements TokenVault {
  #stored: string | null;
  #last: Promise<unknown> = Promise.resolve();
  /** The worker dies instead of saving a new pair. */
  diesAtSave = false;

  constructor(tokens: StoredTokens | null = null) {
    this.#stored = tokens && JSON.stringify(tokens);
  }

  async read(): Promise<StoredTokens | null> {
    return this.#stored === null ? null : parseStoredTokens(JSON.parse(this.#stored));
  }

  withLock<T>(work: (locked: LockedVault) => Promise<T>): Promise<T> {
    const save = async (tokens: StoredTokens) => {
      if (this.diesAtSave && tokens.renewalBeganAt === null) throw new Error('the worker died');
      this.#stored = JSON.stringify(tokens);
    };
    const result = this.#last.then(() => work({ read: () => this.read(), save }));
    this.#last = result.catch(() => {});
    return result;
  }
}

export const stored: StoredTokens = {
  accessToken: 'access-secret-0',
  refreshToken: 'refresh-secret-0',
  expiresAt: null,
  lifetimeMs: null,
  initialTokenDigest: null,
  codeDigest: null,
  renewalBeganAt: null,
};

export function sourceOf(
  { endpoint }: SignIn,
  vault: MemoryVault,
  initialRefreshToken: string | null = null,
) {
  return createTokenSource({ application, endpoint, initialRefreshToken, vault });
}

/** Renews a number of times while nothing can be stored. */
export async function failToStore(source: TokenSource, vault: MemoryVault, times = 1): Promise<void> {
  vault.diesAtSave = true;
  for (let time = 1; time <= times; time += 1)
    await expect(source.refresh('access-secret-0')).rejects.toThrow('the worker died');
  vault.diesAtSave = false;
}
