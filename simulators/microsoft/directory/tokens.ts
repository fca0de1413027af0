/** Opaque strings of the simulated Microsoft: bearer tokens and delta cursors. Signed, so that they outlive a restart. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { DeltaRound, PagePosition } from './delta.ts';

const cursorContent = z.object({
  issuedMs: z.number(),
  /** Makes each link differ from the one before, even when nothing changed. */
  serial: z.number(),
  round: z.object({
    kind: z.enum(['user', 'group']),
    from: z.number(),
    to: z.number(),
    properties: z.array(z.string()),
    relations: z.array(z.enum(['members', 'owners', 'manager'])),
    ids: z.array(z.string()).nullable(),
  }),
  /** Where the next page begins; null in a delta link. */
  position: z.object({ position: z.number(), member: z.number() }).nullable(),
});
/** What a `$skiptoken` or `$deltatoken` stands for. */
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
  /** Application permissions at the time of signing in; for show, since what counts is what is granted now. */
  roles: z.array(z.string()),
  exp: z.number(),
});
export type BearerContent = z.output<typeof bearerContent>;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs and reads tokens with a key of the directory. */
export class Tokens {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  /** A JSON web token, as Graph's bearer tokens look like; clients must not read it. */
  bearer(content: BearerContent): string {
    const head = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(content)}`;
    return `${head}.${this.#sign(head)}`;
  }

  /** Null when it is not one of ours. Expiry is the caller's to look at. */
  readBearer(token: string): BearerContent | null {
    const [header, content, signature] = token.split('.');
    const valid = this.#valid(`${header}.${content}`, signature);
    return valid ? bearerContent.parse(decode(content)) : null;
  }

  cursor(content: Cursor): string {
    const text = encode(content);
    return `${text}_${this.#sign(text)}`;
  }

  /** Null when it is badly formed. */
  readCursor(token: string): Cursor | null {
    // The signature has a fixed length, and base64url itself may contain underscores.
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
