/** Who may sign in, and what ID tokens say about them. */
import { createHash, randomBytes } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { OpenIdGrant } from '../../openid/authorization-codes.ts';
import type { OpenIdAccount } from '../../openid/pages.ts';
import type { MicrosoftContext } from '../context.ts';
import type { DirectoryObject } from '../directory/objects.ts';
import type { MicrosoftState } from '../directory/state.ts';
import { type Audience, foreignTenant } from './applications.ts';
import { issuerOf } from './discovery-routes.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Guests sign in with the address of their home. */
const accountFor = ({ id, properties }: DirectoryObject): OpenIdAccount => {
  const { displayName, userPrincipalName, mail, userType } = properties;
  const name = text(displayName);
  return { id, name, signInName: userType === 'Guest' && mail ? text(mail) : text(userPrincipalName) };
};

const canSignIn = ({ status, properties }: DirectoryObject) =>
  status === 'live' && properties.accountEnabled !== false;

/** Returns the enabled accounts of an audience, by name. */
export function accountsOf({ objects }: MicrosoftState, audience: Audience): OpenIdAccount[] {
  const own = audience === 'foreign' ? [] : objects.users.filter(canSignIn).map(accountFor);
  const foreign = audience === 'own' ? [] : [foreignTenant.administrator];
  return [...own, ...foreign].sort((one, other) => one.name.localeCompare(other.name, 'en'));
}

/** Returns those of an audience who may consent for everybody. */
export function administratorsOf(state: MicrosoftState, audience: Audience): OpenIdAccount[] {
  const role = state.roleDefinitions.find(({ displayName }) => displayName === 'Global Administrator');
  const holders = new Set(
    state.roleAssignments
      .filter(({ roleDefinitionId }) => roleDefinitionId === role?.id)
      .map(({ principalId }) => principalId),
  );
  const { administrator } = foreignTenant;
  return accountsOf(state, audience).filter(({ id }) => holders.has(id) || id === administrator.id);
}

/** Pairwise: another one for each application. */
const subjectOf = ({ clientId, accountId }: OpenIdGrant) =>
  createHash('sha256').update(`${clientId} ${accountId}`).digest('base64url');

/** Returns the claims of version 2.0 (docs/reference/openid-connect.md section 2). */
export function accountClaims(context: MicrosoftContext, grant: OpenIdGrant): JWTPayload {
  const { state, clock } = context;
  const { administrator, tenantId } = foreignTenant;
  const isForeign = grant.accountId === administrator.id;
  const user = state.objects.get(grant.accountId);
  const account = isForeign || !user ? administrator : accountFor(user);
  // Nobody has verified it, and whoever may edit the account may type it.
  const mail = isForeign ? administrator.signInName : text(user?.properties.mail);
  const tid = isForeign ? tenantId : state.app.tenantId;
  const isGuest = !isForeign && user?.properties.userType === 'Guest';
  const has = (scope: string) => grant.scopes.includes(scope);
  return {
    iss: issuerOf(context, tid),
    // Guests are signed in by their home, and the others by this directory.
    ...(isGuest ? { idp: `https://sts.windows.net/${tenantId}/` } : {}),
    nbf: Math.floor(clock().getTime() / 1000),
    aio: randomBytes(24).toString('base64url'),
    ...(has('profile')
      ? { name: account.name, oid: account.id, preferred_username: account.signInName }
      : {}),
    ...(has('email') && mail !== '' ? { email: mail } : {}),
    rh: '0.simulated',
    sub: subjectOf(grant),
    tid,
    uti: randomBytes(16).toString('base64url'),
    ver: '2.0',
  };
}
