/** What an access token says about the application's permissions. A hint for people, never a decision. */
import { z } from 'zod';

const claims = z.object({ roles: z.array(z.string()) });

/**
 * The application permissions in a token's `roles` claim; null when the token cannot be read or has no such claim, which
 * is the service's good right: tokens for Microsoft Graph are no client's to read. Nothing of the token is kept.
 */
export function permissionsIn(token: string): string[] | null {
  const payload = token.split('.')[1] ?? '';
  try {
    const content: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return claims.safeParse(content).data?.roles ?? null;
  } catch {
    return null;
  }
}
