/**
 * The codec endpoint for Temporal's UI and CLI (Temporal's "Codec Server"): `POST /encode` and `POST /decode`, each with
 * `{"payloads": […]}` in Temporal's JSON, where bytes are base64. Callers prove themselves with the worker's codec token, as
 * bearer token or as the password of a browser's sign-in. One origin, that of Temporal's UI, may call from a browser.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { z } from 'zod';
import { ConfigurationError } from '../../domain/errors.ts';

/** A page of a history holds up to 4 MB. */
const bodyBytesMax = 8 * 1_048_576;

/** Temporal's UI and CLI send the payloads of one event, which are a few. */
const payloadsMax = 1_000;
/** The SDK writes up to four. */
const metadataMax = 20;

/** Looks before each entry is parsed: a million of them would keep the worker from its work. */
const atMost = (max: number) =>
  z.custom((value) => Object(value) === value && Object.keys(Object(value)).length <= max);
const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));
const metadata = atMost(metadataMax).pipe(z.record(z.string(), bytes));
const payload = z.object({ metadata: metadata.optional(), data: bytes.optional() });
const body = z.object({ payloads: atMost(payloadsMax).pipe(z.array(payload)) });

export interface CodecEndpointOptions {
  codec: PayloadCodec;
  token: string;
  /** Address of Temporal's UI; null when no browser may call. */
  uiUrl: string | null;
}

export function createCodecEndpoint({ codec, token, uiUrl }: CodecEndpointOptions): Hono {
  const uiOrigin = uiUrl === null ? null : new URL(uiUrl).origin;
  const app = new Hono();
  app.use(async (context, next) => {
    const origin = context.req.header('origin');
    return origin === undefined || origin === uiOrigin ? await next() : context.body(null, 403);
  });
  if (uiOrigin !== null) {
    const allowHeaders = ['Authorization', 'Content-Type', 'X-Namespace'];
    app.use(cors({ origin: uiOrigin, credentials: true, allowMethods: ['POST'], allowHeaders }));
  }
  app.use(async (context, next) => {
    if (isToken(context.req.header('authorization'), token)) return await next();
    return context.body(null, 401, { 'www-authenticate': 'Basic realm="codec of timely-sync"' });
  });
  // A browser signs in here once; Temporal's UI then sends the same sign-in along.
  app.get('/', (context) => context.text("Signed in. Temporal's UI can decode payloads now."));
  app.use(bodyLimit({ maxSize: bodyBytesMax, onError: (context) => context.body(null, 413) }));
  const post = (path: string, change: (payloads: Payload[]) => Promise<Payload[]>) =>
    app.post(path, async (context) => {
      const posted = body.safeParse(await context.req.json().catch(() => null));
      if (!posted.success)
        return context.text('The body has no payloads in the form of Temporal, or too many.', 400);
      const payloads = await change(posted.data.payloads.map(withoutUndefined));
      return context.json({ payloads: payloads.map(inJson) });
    });
  post('/encode', (payloads) => codec.encode(payloads));
  post('/decode', (payloads) => decodeEach(codec, payloads));
  return app;
}

/** Decodes what it can; a payload whose key is gone stays as it is, so that the rest of a history can be read. */
async function decodeEach(codec: PayloadCodec, payloads: Payload[]): Promise<Payload[]> {
  const decoded = await Promise.all(
    payloads.map((payload) =>
      codec.decode([payload]).catch((error: unknown) => {
        if (error instanceof ConfigurationError) return [payload];
        throw error;
      }),
    ),
  );
  return decoded.flat();
}

const withoutUndefined = ({ metadata, data }: z.output<typeof body>['payloads'][number]): Payload => ({
  ...(metadata && { metadata }),
  ...(data && { data }),
});

const inJson = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
  data: base64(data ?? new Uint8Array()),
});

const base64 = (bytesOfPayload: Uint8Array) => Buffer.from(bytesOfPayload).toString('base64');

/** Compares in a time that says nothing about the token. */
function isToken(header: string | undefined, token: string): boolean {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+)$/i.exec(header ?? '') ?? [];
  const given = scheme.toLowerCase() === 'basic' ? passwordOf(value) : value;
  return timingSafeEqual(digestOf(given), digestOf(token));
}

const passwordOf = (value: string) =>
  Buffer.from(value, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '');

const digestOf = (text: string) => createHash('sha256').update(text).digest();
