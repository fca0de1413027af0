/** What an administrator sets up in Okta's console for the sync: the service app, its roles, tokens, the event hook. */
import { randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import { z } from 'zod';
import { action, type ControlActions, ControlError } from '../control.ts';
import { text } from '../directory-actions.ts';
import { behaviourChange } from './directory/behaviour.ts';
import { customPermissions, oktaId } from './directory/objects.ts';
import type { OktaState } from './directory/state.ts';
import type { HookNotifier } from './hooks/hook-notifier.ts';
import { makeClientKey } from './sign-in/service-app.ts';

const roles = z.array(
  z.union([
    text,
    z.strictObject({
      label: text,
      permissions: z.array(z.enum(customPermissions)),
      /** People and groups in these groups; absent: all. */
      groups: z.array(text).optional(),
    }),
  ]),
);
const keyChange = z.union([
  /** Without `jwk`, the simulator makes a key pair and shows the private one. */
  z.strictObject({ add: text, jwk: z.record(z.string(), z.unknown()).optional() }),
  z.strictObject({ revoke: text }),
]);

/** Returns the actions for the service app and for API tokens. */
export function clientActions(state: OktaState, clock: () => Date): ControlActions {
  const { serviceApp } = state;
  return {
    application: action(z.strictObject({ scopes: z.array(text) }), ({ scopes }) => {
      serviceApp.scopes = scopes;
      return { did: `The app has the scopes ${scopes.join(', ') || 'none at all'}.` };
    }),
    applicationRoles: action(z.strictObject({ roles }), ({ roles: wanted }) => {
      setRoles(state, wanted);
      return { did: `The app has ${wanted.length} administrator roles.` };
    }),
    applicationKey: action(keyChange, (change) => {
      if ('revoke' in change) {
        const kept = serviceApp.keys.filter(({ kid }) => kid !== change.revoke);
        if (kept.length === serviceApp.keys.length)
          throw new ControlError(`There is no key ${change.revoke}.`);
        serviceApp.keys = kept;
        return { did: `The key ${change.revoke} is revoked.` };
      }
      return addKey(state, change.add, change.jwk, clock());
    }),
    createApiToken: action(z.strictObject({ person: text }), ({ person }) => {
      const token = `00${randomBytes(30).toString('base64url')}`;
      const maker = state.user(person);
      state.apiTokens.push({ token, makerId: maker.id, lastUsed: clock().toISOString() });
      return { did: `${maker.profile.displayName} has made an API token.`, token };
    }),
    revokeApiToken: action(z.strictObject({ token: text }), ({ token }) => {
      const known = state.apiTokens.find((entry) => entry.token === token);
      if (!known) throw new ControlError('There is no such API token.');
      known.isRevoked = true;
      return { did: 'The API token is revoked.' };
    }),
    behave: action(behaviourChange, (changes) => {
      Object.assign(state.behaviour, changes);
      return { did: 'Okta behaves differently now.', behaviour: state.behaviour };
    }),
  };
}

function addKey(state: OktaState, kid: string, given: JWK | undefined, now: Date) {
  const made = given ? null : makeClientKey(kid);
  const jwk = given ?? made?.jwk ?? {};
  const created = now.toISOString();
  state.serviceApp.keys.push({ id: oktaId('pks'), kid, status: 'ACTIVE', created, jwk });
  return { did: `The app has the key ${kid}.`, ...(made ? { privateKey: made.privateKey } : {}) };
}

/** Replaces the roles of the app: names of standard roles, and custom roles with what they reach. */
function setRoles(state: OktaState, wanted: z.output<typeof roles>): void {
  const { clientId } = state.serviceApp;
  state.revokeAllRoles(clientId);
  for (const role of wanted) {
    if (typeof role === 'string') {
      state.grantRole(clientId, role);
      continue;
    }
    const { label, permissions, groups = 'all' } = role;
    const { id } = state.defineRole({ label, permissions });
    const set = state.defineResourceSet({ label: `Reach of ${label}`, users: groups, groups });
    state.grantRole(clientId, id, set.id);
  }
}

/** Returns the actions for the event hook. */
export function hookActions(state: OktaState, notifier: HookNotifier): ControlActions {
  const registration = z.strictObject({
    url: z.url().nullable(),
    secret: text.optional(),
    eventTypes: z.array(text).optional(),
  });
  return {
    eventHook: action(registration, async ({ url, ...rest }) => {
      const given = Object.entries(rest).filter(([, value]) => value !== undefined);
      Object.assign(state.hook, { url, isVerified: false }, Object.fromEntries(given));
      if (url === null) return { did: 'There is no event hook any more.', verified: false };
      const verified = await notifier.verify();
      return { did: `The event hook is ${verified ? '' : 'not '}verified.`, verified };
    }),
  };
}
