/** An empty org with the sandbox company's ids, and a service app that may do all that a sync needs. */
import { randomBytes } from 'node:crypto';
import { defaultBehaviour } from './directory/behaviour.ts';
import { oktaId } from './directory/objects.ts';
import { OktaState } from './directory/state.ts';
import { displayMessages } from './directory/system-log.ts';
import { isEligible } from './hooks/event-hook.ts';
import { defaultScopes, makeClientKey } from './sign-in/service-app.ts';

interface Names {
  domain: string;
  mailDomain: string;
  clientId: string;
  appId: string;
}

const secret = () => randomBytes(24).toString('base64url');

/** Returns an org with a new key of the service app, a new signing key and a new secret of the event hook. */
export function emptyOrg({ domain, mailDomain, clientId, appId }: Names, clock: () => Date): OktaState {
  const created = clock().toISOString();
  const { privateKey, jwk } = makeClientKey('K1');
  const state = new OktaState(
    {
      orgId: oktaId('00o', domain),
      domain,
      mailDomain,
      signingKey: secret(),
      serviceApp: {
        clientId,
        label: 'Timely Directory Sync',
        created,
        keys: [{ id: oktaId('pks'), kid: 'K1', status: 'ACTIVE', created, jwk }],
        scopes: [...defaultScopes],
        privateKey,
      },
      apiTokens: [],
      nonces: [],
      users: [],
      groups: [],
      app: { id: appId, label: 'Timely', created, users: [], groups: [] },
      rules: [],
      roleAssignments: [],
      customRoles: [],
      resourceSets: [],
      log: { stored: [], waiting: [] },
      hook: {
        id: oktaId('who', domain),
        url: null,
        secret: secret(),
        eventTypes: Object.keys(displayMessages).filter(isEligible),
        isVerified: false,
      },
      behaviour: { ...defaultBehaviour },
    },
    clock,
  );
  grantLeastRoles(state);
  return state;
}

/** Two roles are enough: one reads people, groups, apps and the log, one sees administrators. */
function grantLeastRoles(state: OktaState): void {
  const { clientId } = state.serviceApp;
  const role = state.defineRole({ label: 'View administrators', permissions: ['okta.iam.read'] });
  const set = state.defineResourceSet({ label: 'Identity and access management', users: [], groups: [] });
  state.grantRole(clientId, 'READ_ONLY_ADMIN');
  state.grantRole(clientId, role.id, set.id);
}
