/** The web app that people sign in to, as an administrator has set it up. */
import { randomBytes } from 'node:crypto';
import type { OpenIdClient } from '../../openid/provider.ts';

export interface WebApp extends OpenIdClient {
  clientSecret: string;
  redirectUris: string[];
}

/** Returns a web app with a new secret. */
export const makeWebApp = (clientId: string): WebApp => ({
  clientId,
  clientSecret: randomBytes(24).toString('base64url'),
  redirectUris: [],
});
