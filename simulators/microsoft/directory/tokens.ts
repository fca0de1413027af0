/** Bearer tokens and delta cursors of the simulated Microsoft. They are signed, so that they outlive a restart. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { DeltaRound, PagePosition } from './delta.ts';

const cursorContent = z.object({
  issuedMs: z.number(),
  /** Makes each link unique, even when nothing changed. */
  serial: z.number(),
  round: z.object({
    kind: z.enum(['user', 'group']),
    from: z.number(),
    to: z.number(),
    properties: z.array(z.string()),
    relations: z.array(z.enum(['members', 'owners', 'manager'])),
    ids: z.array(z.string()).nullable(),
  }),
  /** Where the next page begins; null in a deltaLink. */
  position: z.object({ position: z.number(), member: z.number() }).nullable(),
});
/** The content of a `$skiptoken` or `$deltatoken`. */
export interface Cursor {
  issuedMs: number;
  serial: number;
  round: DeltaRound;
  position: PagePosition | null;
}

const bearerContent = z.object({
  aud: z.string(),
  tid: z.string(),
  appid: z.string(),
  /** Application permissions at sign-in. Requests are checked against the current ones. */
  roles: z.array(z.string()),
  exp: z.number(),
});
export type BearerContent = z.output<typeof bearerContent>;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs and reads tokens with the directory's key. */
export class Tokens {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  /** Returns a JSON web token, like Graph's. Clients must not read it. */
  bearer(content: BearerContent): string {
    const head = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(content)}`;
    return `${head}.${this.#sign(head)}`;
  }

  /** Returns the content of a token, null when its signature is wrong. The caller checks the expiry. */
  readBearer(token: string): BearerContent | null {
    const [header, content, signature] = token.split('.');
    const valid = this.#valid(`${header}.${content}`, signature);
    return valid ? bearerContent.parse(decode(content)) : null;
  }

  cursor(content: Cursor): string {
    const text = encode(content);
    return `${text}_${this.#sign(text)}`;
  }

  /** Returns the content of a cursor, null when it is badly formed. */
  readCursor(token: string): Cursor | null {
    // Cuts by length, because base64url may contain the separator.
    const text = token.slice(0, -(signatureLength + 1));
    return this.#valid(text, token.slice(-signatureLength)) ? cursorContent.parse(decode(text)) : null;
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }

  #valid(text: string, signature = ''): boolean {
    const expected = Buffer.from(this.#sign(text));
    const given = Buffer.from(signature);
    return expected.length === given.length && timingSafeEqual(expected, given);
  }
}

const signatureLength = 43;
const decode = (text = ''): unknown => JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
