/** The sandbox's SAP, read by the real activities into a real store, without Temporal. Pages are small. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { openSyncCycle } from '../../../activities/cycle/open-cycle.ts';
import { directoryFindings } from '../../../activities/read/directory-findings.ts';
import { createReadDirectoryActivities } from '../../../activities/read/read-directory.ts';
import { createServices } from '../../../activities/services.ts';
import { validateTenantFile } from '../../../config/tenant-file.ts';
import { noMeter } from '../../../domain/meter.ts';
import { membershipKey } from '../../../domain/people/membership.ts';
import { loadDirectory } from '../../../store/replica/replica.ts';
import { storeAccount } from '../../../store/replica/timely-snapshot.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { policyOf } from '../../config/policy.ts';
import { openSapTenant } from '../../directory/sap/sap-tenant.ts';
import { openTestStore } from '../../support/database.ts';
import { accountRead, readWithRetries } from './read-with-retries.ts';

const contoso = join(import.meta.dirname, '..', '..', '..', 'tenants', 'contoso.yaml');

export type SapReader = Awaited<ReturnType<typeof openSapReader>>;

interface Options {
  /** The groups of the tenant file. */
  needed?: string[];
  credential?: 'certificate' | 'secret';
  roles?: boolean;
  requestsPerMinute?: number;
  pageMax?: number;
}

export async function openSapReader({
  needed = ['Timely Users', 'Design Guild'],
  credential = 'certificate',
  roles = false,
  requestsPerMinute = 60_000,
  pageMax = 7,
}: Options = {}) {
  let nowMs = Date.now();
  const sandbox = await openSapTenant(() => new Date(nowMs));
  const store = await openTestStore();
  const { credentials, sap } = sandbox;
  sap.state.behaviour.pageMax = pageMax;
  const env: NodeJS.ProcessEnv = {
    TENANT_SAP_CERTIFICATE: credentials.sapCertificate,
    TENANT_SAP_SECRET: credentials.sapSecret,
    TENANT_SAP_ID: 'id',
    TENANT_SAP_URL: sap.url,
  };
  const shared = { TIMELY_SYNC_SHARED_REFERENCES: Object.keys(env).join(',') };
  const policy = policyOf({ TIMELY_SYNC_ALLOWED_HOSTS: 'localhost,127.0.0.1', ...shared }, env);
  const signIn =
    credential === 'certificate'
      ? { credential: { certificate: 'env:TENANT_SAP_CERTIFICATE' } }
      : { credential: { secret: 'env:TENANT_SAP_SECRET' }, clientId: credentials.sapClientId };
  const written = {
    ...parse(await readFile(contoso, 'utf8')),
    tenant: 'sap',
    source: {
      ...{ type: 'sap', host: credentials.sapHost, requestsPerMinute, endpoint: 'env:TENANT_SAP_URL' },
      ...signIn,
    },
    target: {
      type: 'timely',
      accountId: 1,
      application: { clientId: 'env:TENANT_SAP_ID', clientSecret: 'env:TENANT_SAP_ID' },
      endpoint: 'env:TENANT_SAP_URL',
    },
    scope: { include: needed.map((group) => ({ group })) },
    roles: {},
    teams: [],
    safety: { sensitive: { directoryRoles: roles } },
  };
  await storeConfiguration(store.database, 'sap', validateTenantFile(written));
  await storeAccount(store.database, 'sap', accountRead);
  /** A worker of its own: its services remember nothing of another one's. */
  const newWorker = () => {
    const real = createServices(store.database, Buffer.alloc(32, 7), policy, () => noMeter, null);
    return { ...real, now: () => new Date(nowMs) };
  };
  let services = newWorker();
  let runs = 0;

  return {
    sap,
    state: sap.state,
    newWorker,
    /** Gives a tenant another file: this one, unless another is named. */
    configure: (changes: object, tenant = 'sap') =>
      storeConfiguration(store.database, tenant, validateTenantFile({ ...written, ...changes, tenant })),
    env,
    database: store.database,
    services: () => services,
    restartWorker: () => {
      services = newWorker();
    },
    findings: () => directoryFindings(services, 'sap'),
    /** Moves every clock but that of the machine. */
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** A read of the kind that the cycle chooses, unless a full one is asked for. Returns its verdict and the requests. */
    async read({ full = false, attempts = 1 } = {}) {
      runs += 1;
      const from = sap.ledger.last;
      const opened = await openSyncCycle(services, { tenant: 'sap', opening: `run-${runs}`, fresh: false });
      const key = full ? ({ ...opened, kind: 'full' } as const) : opened;
      const { readDirectory } = createReadDirectoryActivities(services);
      const verdict = await readWithRetries(readDirectory, key, { attempts });
      const requests = sap.ledger.entries(from).map(({ method, path }) => `${method} ${path}`);
      return { ...verdict, kind: key.kind, requests };
    },
    async replica() {
      const { people, groups, memberships } = await loadDirectory(store.database, 'sap');
      return {
        people: people.map(({ id, enabled }) => `${id} ${enabled}`).toSorted(),
        groups: groups.map(({ id }) => id).toSorted(),
        memberships: memberships.map(membershipKey).toSorted(),
      };
    },
    people: async () => (await loadDirectory(store.database, 'sap')).people,
    /** What a right replica has of the tenant as it is now: members of needed groups, and of those below them. */
    truth() {
      const users = sap.state.users().filter(({ blocked }) => !blocked);
      const groups = sap.state.groups();
      const read = new Set(
        groups.filter(({ attributes }) => needed.includes(String(attributes.displayName))),
      );
      for (const group of read)
        for (const id of group.members) {
          const inner = groups.find((each) => each.id === id);
          if (inner) read.add(inner);
        }
      return {
        people: users.map(({ id, status }) => `${id} ${status === 'active'}`).toSorted(),
        groups: groups.map(({ id }) => id).toSorted(),
        memberships: [...read]
          .flatMap(({ id, members }) =>
            [...members].map((memberId) => membershipKey({ groupId: id, memberId })),
          )
          .toSorted(),
      };
    },
    async close() {
      await sandbox.close();
      await store.close();
    },
  };
}
