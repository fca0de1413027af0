/** What proves the application of the source when it redeems the code of a person. */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { jwtVerify } from 'jose';
import type { ServerMetadata } from 'openid-client';
import { entraAuthentication } from '../../../activities/sign-in/entra-authentication.ts';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';

const clientId = '1b2c3d4e-aaaa-4bbb-8ccc-ddddeeeeffff';
const token_endpoint = 'https://login.example/contoso/oauth2/v2.0/token';
const server = { issuer: 'https://login.example/contoso/v2.0', token_endpoint } as ServerMetadata;

let sandbox: Sandbox;
let pem: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  pem = await sandbox.sharedCertificate();
});
afterAll(() => sandbox.close());

/** What the application adds to the request for tokens. */
async function sentWith(credential: Parameters<typeof entraAuthentication>[0]) {
  const prove = await entraAuthentication(credential, '');
  const [body, headers] = [new URLSearchParams(), new Headers()];
  await prove(server, { client_id: clientId }, body, headers);
  return { body: Object.fromEntries(body), headers: [...headers.keys()] };
}

test('a certificate signs an assertion for the token endpoint, which names the certificate', async () => {
  const { body, headers } = await sentWith({ kind: 'certificate', pem });
  expect(headers).toEqual([]);
  expect(body).toMatchObject({
    client_id: clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  });
  const { payload, protectedHeader } = await jwtVerify(
    body.client_assertion ?? '',
    createPublicKey(createPrivateKey(pem)),
    { algorithms: ['PS256'], audience: token_endpoint, issuer: clientId, subject: clientId },
  );
  const { fingerprint256 } = new X509Certificate(pem);
  expect(protectedHeader['x5t#S256']).toBe(
    Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url'),
  );
  expect(Number(payload.exp) - Number(payload.iat)).toBeLessThanOrEqual(600);
  expect(payload.jti).toEqual(expect.any(String));
});

test('a federated token takes the place of an assertion, as it is at that moment', async () => {
  let read = 0;
  const credential = {
    kind: 'federatedToken' as const,
    read: async () => {
      read += 1;
      return `token ${read}`;
    },
  };
  const sent = [await sentWith(credential), await sentWith(credential)];
  expect(sent.map(({ body }) => body)).toEqual(
    ['token 1', 'token 2'].map((client_assertion) => ({
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
    })),
  );
});

test('a secret goes with the form, and with nothing else', async () => {
  expect(await sentWith({ kind: 'secret', secret: 'a secret' })).toEqual({
    body: { client_id: clientId, client_secret: 'a secret' },
    headers: [],
  });
});

test.each(['', 'no PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
  'a certificate that cannot sign is said without its text: %j',
  async (wrong) => {
    const refusal = entraAuthentication({ kind: 'certificate', pem: wrong }, '');
    await expect(refusal).rejects.toMatchObject({
      message: 'The certificate of the Entra application cannot sign people in.',
      remedy: expect.stringContaining('PEM'),
    });
  },
);
