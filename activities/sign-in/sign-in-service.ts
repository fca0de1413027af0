/** The service at which a tenant's people sign in: their own directory, unless `console.signIn` names another. */
import { type ClientAuth, ClientSecretBasic, ClientSecretPost, type IDToken } from 'openid-client';
import type { TenantAccess } from '../../config/policy/tenant-access.ts';
import { entraSettings, type SourceOf } from '../../config/source-settings.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import { endpointsOf } from '../../directory/entra/graph/endpoints.ts';
import type { NamedPerson } from '../../domain/contract/person-sign-in.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { isGuid, sameText } from '../../domain/text.ts';
import { guardedFetch } from '../../http/guarded-fetch.ts';
import { entraAuthentication } from './entra-authentication.ts';
import type { OpenIdService } from './open-id.ts';

export interface SignInService extends OpenIdService {
  /** Whom a token names; null for a token that is not of this directory. */
  personIn(claims: IDToken): NamedPerson | null;
}

/** @throws ConfigurationError when there is no way to sign in, or the worker's policy refuses it */
export async function signInServiceOf(file: TenantFile, access: TenantAccess): Promise<SignInService> {
  const { source } = file;
  const fetch = guardedFetch(access.endpoints);
  const accountPrompt = source.type === 'entra' ? ('select_account' as const) : ('login' as const);
  const own = await ownService(source, access);
  const given = file.console.signIn;
  if (given === undefined) {
    if (source.type !== 'entra') throw noClient(file.tenant);
    const { clientId, authentication } = await entraApplicationOf(source, access);
    return { ...own, clientId, authentication, accountPrompt, fetch };
  }
  const issuer = given.issuer === undefined ? own.issuer : await access.endpoint(given.issuer);
  const authentication = bySecret(await access.secret(given.clientSecret, issuer));
  const personIn = own.isIssuer(issuer) ? own.personIn : provenAddress;
  return { issuer, personIn, clientId: given.clientId, authentication, accountPrompt, fetch };
}

interface Directory {
  issuer: string;
  /** Whether the tokens of an issuer name people by their ids in the directory. */
  isIssuer(issuer: string): boolean;
  personIn(claims: IDToken): NamedPerson | null;
}

async function ownService(source: TenantFile['source'], access: TenantAccess): Promise<Directory> {
  switch (source.type) {
    case 'entra': {
      const { tenantId, cloud } = source;
      const login = source.endpoints && (await access.endpoint(source.endpoints.login));
      const issuer = `${login ?? endpointsOf(cloud).login}/${tenantId}/v2.0`;
      return { issuer, isIssuer: (other) => other === issuer, personIn: personOfEntra(tenantId) };
    }
    case 'okta':
      return ofHost(await access.endpoint(source.endpoint ?? `https://${source.domain}`), ({ sub }) => sub);
    case 'sap':
      return ofHost(await access.endpoint(source.endpoint ?? `https://${source.host}`), idAtSap);
  }
}

/** An org has several authorization servers, with the same people. */
const ofHost = (issuer: string, idIn: (claims: IDToken) => unknown): Directory => ({
  issuer,
  isIssuer: (other) => new URL(other).origin === new URL(issuer).origin,
  personIn: (claims) => personWith(idIn(claims), claims),
});

/** What `sub` is depends on the settings of the application; these are the id of the directory. */
const idAtSap = ({ scim_id: scimId, user_uuid: userUuid }: IDToken) => scimId ?? userUuid;

/** `oid` is the object id, and `tid` the directory (https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference). */
const personOfEntra = (tenantId: string) => (claims: IDToken) => {
  const isOurs = !isGuid(tenantId) || (typeof claims.tid === 'string' && sameText(claims.tid, tenantId));
  return isOurs ? personWith(claims.oid, claims) : null;
};

/**
 * By id alone: people may change their address in many directories, so an address in a token proves nothing. The
 * directory as last read says which addresses are theirs.
 */
const personWith = (id: unknown, claims: IDToken): NamedPerson | null =>
  typeof id === 'string' && id !== '' ? { subject: id, addresses: [], name: nameIn(claims) } : null;

/** Of a service that is not the directory: the address is all that says who it is, so it has to be verified. */
export function provenAddress(claims: IDToken): NamedPerson | null {
  const { email, email_verified: isVerified } = claims;
  if (typeof email !== 'string' || isVerified !== true) return null;
  return { subject: null, addresses: [email], name: nameIn(claims) };
}

const nameIn = ({ name }: IDToken) => (typeof name === 'string' ? name.slice(0, 200) : '');

async function entraApplicationOf(source: SourceOf<'entra'>, access: TenantAccess) {
  const { clientId, credential, cloud, endpoints } = await entraSettings(source, access);
  const { exchangeScope } = endpointsOf(cloud, endpoints);
  return { clientId, authentication: await entraAuthentication(credential, exchangeScope) };
}

/** In the header, as OpenID Connect has it by default, unless the service takes it in the body alone. */
export const bySecret =
  (secret: string): ClientAuth =>
  (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const prove = methods.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost;
    return prove(secret)(server, client, body, headers);
  };

const noClient = (tenant: string) =>
  new ConfigurationError(`Nobody can sign in to the console for ${tenant}: its file names no application.`, {
    remedy: 'Register the console as a web application in the directory, and name it in console.signIn.',
  });
