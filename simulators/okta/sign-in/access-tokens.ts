/** Access tokens: signed, so that they outlive a restart. Clients must not read them. */
import { randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

/** Fixed at one hour (docs/reference/okta.md section 1). */
export const tokenSeconds = 3_600;

const tokenContent = z.object({
  cid: z.string(),
  scp: z.array(z.string()),
  cnf: z.object({ jkt: z.string() }).optional(),
});
export type TokenContent = z.output<typeof tokenContent>;

interface Signer {
  key: string;
  domain: string;
  now: Date;
}

export function signToken({ cid, scp, cnf }: TokenContent, { key, domain, now }: Signer): Promise<string> {
  const org = `https://${domain}`;
  const issued = Math.floor(now.getTime() / 1000);
  return new SignJWT({ ver: 1, cid, scp, ...(cnf ? { cnf } : {}) })
    .setProtectedHeader({ alg: 'HS256', kid: 'org-key' })
    .setJti(`AT.${randomUUID()}`)
    .setIssuer(org)
    .setAudience(org)
    .setSubject(cid)
    .setIssuedAt(issued)
    .setExpirationTime(issued + tokenSeconds)
    .sign(new TextEncoder().encode(key));
}

/** Returns the content of a token that is valid now, else null. */
export async function readToken(
  token: string,
  { key, now }: Omit<Signer, 'domain'>,
): Promise<TokenContent | null> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(key), { currentDate: now });
    return tokenContent.parse(payload);
  } catch {
    return null;
  }
}
