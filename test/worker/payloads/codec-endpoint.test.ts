import { describe, expect, test } from '@jest/globals';
import { EncryptionCodec } from '../../../encryption/payload-codec.ts';
import { createCodecEndpoint } from '../../../worker/payloads/codec-endpoint.ts';

const token = 'a-token-of-twenty-four-characters';
const uiUrl = 'http://localhost:8233/namespaces';
const origin = 'http://localhost:8233';
const key = { id: 'a', key: Buffer.alloc(32, 1) };
const codec = new EncryptionCodec([key]);
const endpoint = createCodecEndpoint({ codec, token, uiUrl });

const base64 = (text: string) => Buffer.from(text).toString('base64');
const bearer = { authorization: `Bearer ${token}` };
const plain = {
  metadata: { encoding: base64('json/plain') },
  data: base64('{"by":"ada@contoso.example"}'),
};

const post = (path: string, body: unknown, headers: Record<string, string> = bearer) =>
  endpoint.request(path, { method: 'POST', headers, body: JSON.stringify(body) });
const payloadsOf = async (answer: Response) => ((await answer.json()) as { payloads: unknown[] }).payloads;

describe('the codec endpoint', () => {
  test('encodes and decodes in the form of Temporal', async () => {
    const encoded = await payloadsOf(await post('/encode', { payloads: [plain] }));
    expect(JSON.stringify(encoded)).not.toContain(plain.data);
    expect(encoded).toMatchObject([{ metadata: { encoding: base64('binary/encrypted') } }]);
    expect(await payloadsOf(await post('/decode', { payloads: [...encoded, plain] }))).toEqual([
      plain,
      plain,
    ]);
  });

  test('leaves a payload of an unknown key as it is, and decodes the others', async () => {
    const other = new EncryptionCodec([{ id: 'gone', key: Buffer.alloc(32, 2) }]);
    const lost = createCodecEndpoint({ codec: other, token, uiUrl });
    const encoded = await payloadsOf(
      await lost.request('/encode', {
        method: 'POST',
        headers: bearer,
        body: JSON.stringify({ payloads: [plain] }),
      }),
    );
    expect(await payloadsOf(await post('/decode', { payloads: [...encoded, plain] }))).toEqual([
      ...encoded,
      plain,
    ]);
  });

  test.each<[string, Record<string, string>, number]>([
    ['no sign-in', {}, 401],
    ['another token', { authorization: 'Bearer another-token-of-24-characters' }, 401],
    ['an empty token', { authorization: 'Bearer ' }, 401],
    ['the token as name of a sign-in', { authorization: `Basic ${base64(`${token}:`)}` }, 401],
    ['the token as password of a sign-in', { authorization: `Basic ${base64(`anyone:${token}`)}` }, 200],
    ['the token', bearer, 200],
    ['the token from another origin', { ...bearer, origin: 'https://evil.example' }, 403],
    ['the token from the origin with another port', { ...bearer, origin: 'http://localhost:8234' }, 403],
    ['the token from the hidden origin of a file', { ...bearer, origin: 'null' }, 403],
    ["the token from Temporal's UI", { ...bearer, origin }, 200],
  ])('answers %s as it should', async (_, headers, status) => {
    for (const path of ['/encode', '/decode']) {
      const answer = await post(path, { payloads: [plain] }, headers);
      expect([path, answer.status]).toEqual([path, status]);
    }
    const wrongBody = await post('/decode', { payloads: 7 }, headers);
    expect(wrongBody.status).toBe(status === 200 ? 400 : status);
  });

  test("lets a browser ask from the origin of Temporal's UI alone", async () => {
    const preflight = (from: string) =>
      endpoint.request('/decode', {
        method: 'OPTIONS',
        headers: {
          origin: from,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-namespace,authorization',
        },
      });
    const allowed = await preflight(origin);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
    expect(allowed.headers.get('access-control-allow-credentials')).toBe('true');
    expect(allowed.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('x-namespace');
    const refused = await preflight('https://evil.example');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const answer = await post('/decode', { payloads: [plain] }, { ...bearer, origin });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
  });

  test('without the address of the UI refuses every browser', async () => {
    const closed = createCodecEndpoint({ codec, token, uiUrl: null });
    const answer = await closed.request('/decode', { method: 'POST', headers: { ...bearer, origin } });
    expect(answer.status).toBe(403);
  });

  test('refuses bodies that are too large', async () => {
    const answer = await post('/decode', { payloads: [{ data: 'A'.repeat(9 * 1_048_576) }] });
    expect(answer.status).toBe(413);
  });

  test('keeps the worker at its work when a body has very many entries', async () => {
    const filled = (count: number, entry: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => entry(index)).join();
    for (const entries of [
      filled(200_000, () => '{}'),
      `{"metadata":{${filled(50_000, (index) => `"${index}":""`)}}}`,
      '['.repeat(1_000_000),
    ]) {
      const begun = performance.eventLoopUtilization();
      const request = { method: 'POST', headers: bearer, body: `{"payloads":[${entries}]}` };
      expect((await endpoint.request('/encode', request)).status).toBe(400);
      // Encrypting all of them took ten seconds.
      expect(performance.eventLoopUtilization(begun).active).toBeLessThan(3_000);
    }
  });

  test('asks a browser to sign in', async () => {
    const first = await endpoint.request('/');
    expect([first.status, first.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Basic /),
    ]);
    expect((await endpoint.request('/', { headers: bearer })).status).toBe(200);
  });
});
