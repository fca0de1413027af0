/** Timely's token endpoint with refresh tokens that work once, and a vault with a lock, both in memory. */
import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import type { HeldVault, StoredTokens, TokenVault } from '../../timely/ports.ts';
import { parseStoredTokens } from '../../timely/token-source.ts';

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
  /** Every refresh token that was offered, in order. */
  offered: string[];
  /** Answers the next request in place of the usual answer. */
  next: Response | null;
  /** Laid over the usual answer; a key with `undefined` leaves it out. */
  answerWith: Record<string, unknown>;
  /** What the world does with a new access token before it is handed out. */
  whenIssued: (accessToken: string) => void;
}

/** Runs a test beside a token endpoint of its own. */
export async function withSignIn(test: (signIn: SignIn) => Promise<void>): Promise<void> {
  const signIn: SignIn = {
    endpoint: '',
    live: new Set(),
    offered: [],
    next: null,
    answerWith: {},
    whenIssued: () => {},
  };
  let issued = 0;
  const app = new Hono();
  app.post('/1.1/oauth/token', async (context) => {
    const { client_secret, refresh_token = '', code } = grant.parse(await context.req.json());
    if (refresh_token) signIn.offered.push(refresh_token);
    if (signIn.next) {
      const answer = signIn.next;
      signIn.next = null;
      return answer;
    }
    if (client_secret !== application.clientSecret) return context.json({ error: 'invalid_client' }, 401);
    const known = code === 'good-code' || signIn.live.delete(refresh_token);
    if (!known) return context.json({ error: 'invalid_grant', error_description: 'revoked' }, 400);
    issued += 1;
    const tokens = { access_token: `access-secret-${issued}`, refresh_token: `refresh-secret-${issued}` };
    signIn.live.add(tokens.refresh_token);
    signIn.whenIssued(tokens.access_token);
    // Real answers have no `expires_in` (docs/reference/timely-api.md section 1).
    return context.json({ token_type: 'Bearer', scope: 'manage', ...tokens, ...signIn.answerWith });
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

/** A vault as the store's: JSON at rest, one holder of the lock at a time. */
export class MemoryVault implements TokenVault {
  #stored: string | null;
  #last: Promise<unknown> = Promise.resolve();
  /** The worker dies in place of saving a new pair. */
  diesAtSave = false;

  constructor(tokens: StoredTokens | null = null) {
    this.#stored = tokens && JSON.stringify(tokens);
  }

  async read(): Promise<StoredTokens | null> {
    return this.#stored === null ? null : parseStoredTokens(JSON.parse(this.#stored));
  }

  withLock<T>(work: (held: HeldVault) => Promise<T>): Promise<T> {
    const save = async (tokens: StoredTokens) => {
      if (this.diesAtSave && tokens.renewalBeganAt === null) throw new Error('the worker died');
      this.#stored = JSON.stringify(tokens);
    };
    const result = this.#last.then(() => work({ read: () => this.read(), save }));
    this.#last = result.catch(() => {});
    return result;
  }
}
