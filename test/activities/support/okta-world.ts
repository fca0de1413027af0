/** The sandbox's Okta, read by the real activities into a real store, without Temporal. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { openSyncCycle } from '../../../activities/cycle/open-cycle.ts';
import { createReadDirectoryActivities } from '../../../activities/read/read-directory.ts';
import { createServices } from '../../../activities/services.ts';
import { validateTenantFile } from '../../../config/tenant-file.ts';
import { noMeter } from '../../../domain/meter.ts';
import { membershipKey } from '../../../domain/people/membership.ts';
import type { OktaUser } from '../../../simulators/okta/directory/objects.ts';
import { loadDirectory } from '../../../store/replica/replica.ts';
import { storeAccount } from '../../../store/replica/timely-snapshot.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { policyOf } from '../../config/policy.ts';
import { openOrg } from '../../directory/okta/okta-org.ts';
import { openTestStore } from '../../support/database.ts';
import { accountRead, readWithRetries } from './read-with-retries.ts';

const contoso = join(import.meta.dirname, '..', '..', '..', 'tenants', 'contoso.yaml');
const live = ['ACTIVE', 'PASSWORD_EXPIRED', 'RECOVERY', 'LOCKED_OUT', 'PROVISIONED'];

export type OktaWorld = Awaited<ReturnType<typeof openOktaWorld>>;

/** `needed`: the groups of the tenant file. */
export async function openOktaWorld({ needed = ['Timely Users', 'Design Guild'], roles = false } = {}) {
  let nowMs = Date.now();
  const org = await openOrg(() => new Date(nowMs));
  const store = await openTestStore();
  const { credentials, okta } = org;
  const { oktaDomain: domain, oktaClientId: clientId } = credentials;
  const env = {
    TENANT_OKTA_KEY: credentials.oktaPrivateKey,
    TENANT_OKTA_ID: 'id',
    TENANT_OKTA_URL: okta.url,
  };
  const policy = policyOf({ TIMELY_SYNC_ALLOWED_HOSTS: 'localhost,127.0.0.1' }, env);
  const file = validateTenantFile({
    ...parse(await readFile(contoso, 'utf8')),
    tenant: 'okta',
    source: {
      type: 'okta',
      domain,
      clientId,
      credential: { privateKey: 'env:TENANT_OKTA_KEY' },
      endpoint: 'env:TENANT_OKTA_URL',
    },
    target: {
      type: 'timely',
      accountId: 1,
      application: { clientId: 'env:TENANT_OKTA_ID', clientSecret: 'env:TENANT_OKTA_ID' },
      endpoint: 'env:TENANT_OKTA_URL',
    },
    scope: { include: needed.map((group) => ({ group })) },
    roles: {},
    teams: [],
    safety: { sensitive: { directoryRoles: roles } },
  });
  await storeConfiguration(store.database, 'okta', file);
  await storeAccount(store.database, 'okta', accountRead);
  const real = createServices(store.database, Buffer.alloc(32, 7), policy, () => noMeter, null);
  const services = { ...real, now: () => new Date(nowMs) };
  const { readDirectory } = createReadDirectoryActivities(services);
  let runs = 0;

  const replica = async () => {
    const { people, groups, memberships } = await loadDirectory(store.database, 'okta');
    return {
      people: people.map(({ id, enabled }) => `${id} ${enabled}`).toSorted(),
      groups: groups.map(({ id, name }) => `${id} ${name}`).toSorted(),
      memberships: memberships.map(membershipKey).toSorted(),
    };
  };

  return {
    okta,
    state: okta.state,
    services,
    database: store.database,
    /** Moves every clock. */
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** A read of the kind that the cycle chooses, unless a full one is asked for. Returns its verdict and the requests. */
    async read({ full = false, attempts = 1 } = {}) {
      runs += 1;
      const from = okta.ledger.last;
      const opened = await openSyncCycle(services, { tenant: 'okta', opening: `run-${runs}`, fresh: false });
      const key = full ? ({ ...opened, kind: 'full' } as const) : opened;
      const verdict = await readWithRetries(readDirectory, key, { attempts });
      const requests = okta.ledger.entries(from).map(({ method, path }) => `${method} ${path}`);
      return { ...verdict, kind: key.kind, requests };
    },
    replica,
    privileged: async () => (await loadDirectory(store.database, 'okta')).privileged,
    /** What a right replica has of the org as it is now. */
    truth() {
      const { users, groups } = okta.state;
      const names = new Set(needed);
      return {
        people: [...users.values()]
          .map(({ id, status }: OktaUser) => `${id} ${live.includes(status)}`)
          .toSorted(),
        groups: [...groups.values()].map(({ id, profile }) => `${id} ${profile.name}`).toSorted(),
        memberships: [...groups.values()]
          .filter(({ profile }) => names.has(profile.name))
          .flatMap(({ id, members }) =>
            [...members.values()].map((member) => membershipKey({ groupId: id, memberId: member.id })),
          )
          .toSorted(),
      };
    },
    async close() {
      await org.close();
      await store.close();
    },
  };
}
