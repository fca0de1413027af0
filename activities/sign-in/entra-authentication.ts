/** How our application in Entra ID proves itself when it redeems the code of a person: by the credential that reads the directory. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type ClientAuth, ClientSecretPost, modifyAssertion, PrivateKeyJwt } from 'openid-client';
import type { EntraCredential } from '../../config/source-settings.ts';
import { identityAssertion } from '../../directory/entra/sign-in/sign-in.ts';
import { ConfigurationError } from '../../domain/errors.ts';

/**
 * `exchangeScope`: of the cloud, for a managed identity.
 * @throws ConfigurationError when the credential is unusable; what reading a token throws
 */
export async function entraAuthentication(
  credential: EntraCredential,
  exchangeScope: string,
): Promise<ClientAuth> {
  switch (credential.kind) {
    case 'secret':
      return ClientSecretPost(credential.secret);
    case 'certificate':
      return await byCertificate(credential.pem);
    case 'federatedToken':
      return byAssertion(await credential.read());
    case 'managedIdentity':
      return byAssertion(await identityAssertion(credential.clientId, exchangeScope));
  }
}

/** As https://learn.microsoft.com/entra/identity-platform/certificate-credentials has it. */
async function byCertificate(pem: string): Promise<ClientAuth> {
  const { key, thumbprint } = await keyOf(pem);
  return (server, client, body, headers) => {
    const sign = PrivateKeyJwt(key, {
      [modifyAssertion](header, payload) {
        header['x5t#S256'] = thumbprint;
        payload.aud = server.token_endpoint ?? server.issuer;
      },
    });
    return sign(server, client, body, headers);
  };
}

async function keyOf(pem: string) {
  try {
    const der = new Uint8Array(createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' }));
    const algorithm = { name: 'RSA-PSS', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
    const thumbprint = Buffer.from(new X509Certificate(pem).fingerprint256.replaceAll(':', ''), 'hex');
    return { key, thumbprint: thumbprint.toString('base64url') };
  } catch {
    throw new ConfigurationError('The certificate of the Entra application cannot sign people in.', {
      remedy: 'It has to be PEM text: the certificate and its private key, RSA, not encrypted.',
    });
  }
}

/** A token that another service has made for us takes the place of one that we would sign. */
const byAssertion =
  (assertion: string): ClientAuth =>
  (_server, client, body) => {
    body.set('client_id', client.client_id);
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    body.set('client_assertion', assertion);
  };
