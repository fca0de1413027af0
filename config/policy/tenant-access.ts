/** The secrets and hosts of one tenant file, resolved as the worker's policy allows. */

import { type ConnectionRules, hostOf } from '../../domain/connection-rules.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { withoutLastSlashes } from '../last-slashes.ts';
import { isPlainAddress } from '../schema-parts.ts';
import { endpointRules, webhookRules } from './host-rules.ts';
import { type Asker, type Grant, grantOf, workerSecret } from './secrets.ts';
import { isDirectoryOf } from './shared-application.ts';
import type { TenantPolicy } from './tenant-policy.ts';

/** All may throw ConfigurationError, which names references and settings, never a value. */
export interface TenantAccess {
  /** The https address of an endpoint or `env:NAME`, without a slash at its end. */
  endpoint(endpoint: string): Promise<string>;
  /** The secret behind a reference. It, or a token that it gives, is sent to the hosts of `endpoints`. */
  secret(reference: string, ...endpoints: string[]): Promise<string>;
  /** The same for an id that people see in the address of a sign-in. */
  shownId(reference: string, endpoint: string): Promise<string>;
  /** The same, null where there is none. */
  secretIfAny(reference: string, ...endpoints: string[]): Promise<string | null>;
  /** The installation's own application in Entra ID with its PEM, for the directory of this tenant alone. */
  sharedApplication(
    directoryId: string,
    ...endpoints: string[]
  ): Promise<{ clientId: string; certificate: string }>;
  /** Checks that a credential of this machine may be used in the same way. */
  allowOfMachine(what: string, ...endpoints: string[]): void;
  /** The address behind `https://…` or a reference, unchanged. */
  webhook(reference: string): Promise<string>;
  /** A secret that is not sent anywhere. */
  key(reference: string): Promise<string>;
  /** Where requests may go, in whatever file or message the address stands. */
  endpoints: ConnectionRules;
  webhooks: ConnectionRules;
}

export function tenantAccess(asker: Asker, policy: TenantPolicy): TenantAccess {
  const { tenant } = asker;
  const rules = endpointRules(policy, tenant);
  const webhooks = webhookRules(policy, tenant);
  const grant = (reference: string) => grantOf(reference, asker, policy);

  async function address(reference: string, allowed: ConnectionRules): Promise<string> {
    const isReference = !reference.startsWith('https://');
    const text = isReference ? await grant(reference).read() : reference;
    if (!isPlainAddress(text)) {
      throw new ConfigurationError(`${reference} is not an https:// address without user and password.`, {
        remedy: 'Give such an address.',
      });
    }
    const refusal = allowed.refuseHost(hostOf(new URL(text)));
    if (refusal === null) return text;
    if (!isReference) throw refusal;
    throw new ConfigurationError(`${reference}: requests of tenant ${tenant} may not go to its host.`, {
      remedy: `If this is right, add the host in ${reference} to ${allowed === webhooks ? 'TIMELY_SYNC_WEBHOOK_HOSTS' : 'TIMELY_SYNC_ALLOWED_HOSTS'} and restart the workers.`,
    });
  }

  /** A secret of all tenants goes only where all tenants may send it: a host of one tenant may be that customer's own. */
  function sent({ isShared }: Pick<Grant, 'isShared'>, what: string, endpoints: string[]): void {
    if (!isShared || endpoints.every((endpoint) => rules.isForAll(hostOf(new URL(endpoint))))) return;
    throw new ConfigurationError(
      `${what} is shared by all tenants, and a host that it is used for is allowed for the tenant ${tenant} alone.`,
      {
        remedy: `Give the tenant a secret of its own, or list the host in TIMELY_SYNC_ALLOWED_HOSTS without @${tenant}.`,
      },
    );
  }

  function grantToSend(reference: string, endpoints: string[]): Grant {
    const granted = grant(reference);
    sent(granted, reference, endpoints);
    return granted;
  }

  return {
    endpoints: rules,
    webhooks,
    endpoint: async (endpoint) => withoutLastSlashes(await address(endpoint, rules)),
    secret: async (reference, ...endpoints) => await grantToSend(reference, endpoints).read(),
    async shownId(reference, endpoint) {
      const granted = grantToSend(reference, [endpoint]);
      if (granted.isListedAsOwn || /id(\.\w+)?$/i.test(reference)) return await granted.read();
      throw new ConfigurationError(
        `${reference} stands for an id, which people see when they sign in, and its name does not end with ID.`,
        {
          remedy: `If it is an id, let its name end with ID, or add ${reference}@${tenant} to TIMELY_SYNC_SHARED_REFERENCES and restart the workers.`,
        },
      );
    },
    async secretIfAny(reference, ...endpoints) {
      return await grantToSend(reference, endpoints)
        .read()
        .catch(() => null);
    },
    async sharedApplication(directoryId, ...endpoints) {
      if (policy.entraApplication === null)
        throw new ConfigurationError('The workers have no application of their own in Entra ID.', {
          remedy:
            'Set TIMELY_SYNC_ENTRA_APPLICATION_ID and TIMELY_SYNC_ENTRA_APPLICATION_CERTIFICATE and restart the workers, or give the tenant file clientId and credential.',
        });
      const { clientId, certificate } = policy.entraApplication;
      sent({ isShared: true }, `The application ${clientId}`, endpoints);
      if (!(await isDirectoryOf(asker, directoryId, policy.entraApplication)))
        throw new ConfigurationError(
          `No administrator of the directory ${directoryId} has signed in at the set-up of the tenant ${tenant}, so it may not use the application of the workers there.`,
          {
            remedy: `Invite the administrator: timely-sync invite ${tenant}. Or add ${directoryId}@${tenant} to TIMELY_SYNC_ENTRA_APPLICATION_DIRECTORIES and restart the workers.`,
          },
        );
      return { clientId, certificate: await workerSecret(certificate, policy) };
    },
    allowOfMachine: (what, ...endpoints) => sent({ isShared: true }, what, endpoints),
    webhook: async (reference) => await address(reference, webhooks),
    key: async (reference) => await grant(reference).read(),
  };
}
