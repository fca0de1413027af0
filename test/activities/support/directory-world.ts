/** Reads without Temporal: the activity, a real store, the real adapter, and the simulated Microsoft in this process. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { type CycleKey, openSyncCycle } from '../../../activities/cycle/open-cycle.ts';
import { directoryFindings } from '../../../activities/read/directory-findings.ts';
import { createReadDirectoryActivities } from '../../../activities/read/read-directory.ts';
import { createServices, type Services } from '../../../activities/services.ts';
import { contosoVariables } from '../../../client/local/contoso-variables.ts';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import { noMeter } from '../../../domain/meter.ts';
import type { DirectorySnapshot, Evidence, Person } from '../../../domain/people/directory.ts';
import { membershipKey } from '../../../domain/people/membership.ts';
import type { FaultSetting } from '../../../simulators/faults.ts';
import { linkedIds } from '../../../simulators/microsoft/directory/objects.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import type { MicrosoftFault } from '../../../simulators/microsoft/faults/faults.ts';
import {
  type Sandbox,
  type SandboxCertificates,
  type SandboxOptions,
  startSandbox,
} from '../../../simulators/sandbox.ts';
import { cycleRow } from '../../../store/planning/cycles.ts';
import { loadDirectory } from '../../../store/replica/replica.ts';
import { storeAccount } from '../../../store/replica/timely-snapshot.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { sandboxPolicy } from '../../config/policy.ts';
import { trust } from '../../directory/entra/trust.ts';
import { openTestStore } from '../../support/database.ts';
import { type Attempts, accountRead, readWithRetries } from './read-with-retries.ts';

const tenantFile = join(import.meta.dirname, '..', '..', '..', 'tenants', 'contoso.yaml');

/** The result of one read, with the evidence of the cycle's row. */
export interface Reading {
  complete: boolean;
  reasons: string[];
  evidence: Evidence | null;
  key: CycleKey;
}

export type DirectoryReader = Awaited<ReturnType<typeof openReader>>;
export type DirectoryWorld = Awaited<ReturnType<DirectoryReader['world']>>;

/** A store and a certificate for many worlds; each world is a directory and a tenant of its own. */
export async function openReader() {
  const store = await openTestStore();
  let certificates: SandboxCertificates | undefined;
  let worlds = 0;
  return {
    /** `clock`: of the services and of the worker; otherwise only the worker's can be moved. */
    async world(company?: SandboxOptions['company'], { file = tenantFile, clock }: WorldOptions = {}) {
      worlds += 1;
      const text = await readFile(file, 'utf8');
      const sandbox = await startSandbox({
        ...(certificates && { certificates }),
        ...(company && { company }),
        ...(clock && { clock: () => new Date(Date.now() + clock.aheadMs) }),
      });
      if (worlds === 1) trust(sandbox.caPem);
      certificates = sandbox.certificates;
      setVariables(sandbox);
      const tenant = `contoso-${worlds}`;
      const named = text
        .replace(/^tenant: .*$/m, `tenant: ${tenant}`)
        .replace('leads: keep', 'leads: managers')
        .replace('directoryRoles: true', 'directoryRoles: false');
      await storeConfiguration(store.database, tenant, parseTenantFile(named, tenantFile));
      await storeAccount(store.database, tenant, accountRead);
      return worldOf(
        sandbox,
        createServices(store.database, Buffer.alloc(32, 7), sandboxPolicy(), () => noMeter, null),
        tenant,
        named,
        clock,
      );
    },
    async close() {
      await store.close();
    },
  };
}

interface WorldOptions {
  /** The tenant file. */
  file?: string;
  clock?: Clock;
}

interface Clock {
  aheadMs: number;
}

/** What the tenant file refers to. Tenants resolve it when they are opened, so each world sets its own. */
function setVariables({ microsoft, okta, sap, timely, credentials }: Sandbox): void {
  const urls = { microsoft: microsoft.url, okta: okta.url, sap: sap.url, timely: timely.url };
  const values = { ...urls, ...credentials };
  Object.assign(process.env, contosoVariables(values));
}

function worldOf(sandbox: Sandbox, real: Services, tenant: string, file: string, clock?: Clock) {
  let laterMs = 0;
  let runs = 0;
  const services = { ...real, now: () => new Date(Date.now() + (clock?.aheadMs ?? laterMs)) };
  const { readDirectory } = createReadDirectoryActivities(services);
  return {
    services,
    tenant,
    sandbox,
    state: sandbox.microsoft.state,
    faults: sandbox.microsoft.faults,
    /** Moves the worker's clock, and the directory's where both have one. */
    pass: (ms: number) => {
      if (clock) clock.aheadMs += ms;
      else laterMs += ms;
    },
    /** A cycle's read: a full one when `full` says so, else of the kind that the cycle chooses. */
    async read({ full = false, ...attempts }: Attempts & { full?: boolean } = {}): Promise<Reading> {
      runs += 1;
      const opened = await openSyncCycle(services, { tenant, opening: `run-${runs}`, fresh: false });
      const key = full ? ({ ...opened, kind: 'full' } as const) : opened;
      const verdict = await readWithRetries(readDirectory, key, attempts);
      const row = await cycleRow(services.database, tenant, key.cycle);
      return { ...verdict, evidence: row?.evidence ?? null, key };
    },
    /** Waits until the directory has received another request. */
    async nextRequest(): Promise<void> {
      const { ledger } = sandbox.microsoft;
      const before = ledger.last;
      for (const endMs = Date.now() + 5_000; ledger.last === before && Date.now() < endMs; )
        await setImmediate();
    },
    /** Gives the tenant another file. */
    configure: async (edit: (text: string) => string) => {
      const { version } = await storeConfiguration(
        services.database,
        tenant,
        parseTenantFile(edit(file), tenantFile),
      );
      return version;
    },
    findings: () => directoryFindings(services, tenant),
    /** What the replica has of the directory as it is now, without the addresses that people had before. */
    async replica() {
      const { people, ...others } = await loadDirectory(services.database, tenant);
      return inOrder({ ...others, people: people.map(({ formerAddresses: _, ...person }) => person) });
    },
    /** What the simulated directory has. */
    truth: () => inOrder({ ...truthOf(sandbox.microsoft.state) }),
    close: () => sandbox.close(),
  };
}

/** A read under faults that must have fired. */
export async function readUnderFaults(
  world: DirectoryWorld,
  faults: [MicrosoftFault, FaultSetting?][],
  { full = true } = {},
): Promise<Reading> {
  for (const [name, setting] of faults) world.faults.set(name, setting);
  const reading = await world.read({ full });
  expect(world.faults.unfired()).toEqual([]);
  world.faults.clear();
  return reading;
}

type Directory = Pick<DirectorySnapshot, 'people' | 'groups' | 'memberships'>;

/** People, groups and memberships in a fixed order. */
function inOrder({ people, groups, memberships }: Directory): Directory {
  const byId = (one: { id: string }, other: { id: string }) => one.id.localeCompare(other.id);
  return {
    people: people.toSorted(byId),
    groups: groups.toSorted(byId),
    memberships: memberships.toSorted((one, other) => membershipKey(one).localeCompare(membershipKey(other))),
  };
}

function truthOf({ objects }: MicrosoftState): Directory {
  const groups = objects.groups.filter(({ status }) => status === 'live');
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    people: objects.users
      .filter(({ status }) => status === 'live')
      .map((user): Person => {
        const { properties } = user;
        const attributes = attributeNames.flatMap((name) =>
          typeof properties[name] === 'string' ? [[name, properties[name]]] : [],
        );
        return {
          id: user.id,
          name: String(properties.displayName),
          userPrincipalName: String(properties.userPrincipalName),
          mail: text(properties.mail),
          proxyAddresses: properties.mail === null ? [] : [`SMTP:${properties.mail}`],
          enabled: properties.accountEnabled === true,
          kind: properties.userType === 'Guest' ? 'guest' : 'member',
          invitation: properties.externalUserState === 'Accepted' ? 'accepted' : null,
          attributes: Object.fromEntries(attributes),
          managerId: linkedIds(user, 'manager')[0] ?? null,
        };
      }),
    groups: groups.map(({ id, properties }) => ({ id, name: String(properties.displayName) })),
    memberships: groups.flatMap((group) =>
      linkedIds(group, 'members').map((memberId) => ({
        groupId: group.id,
        memberId,
        memberKind: objects.get(memberId)?.kind ?? 'user',
      })),
    ),
  };
}

const attributeNames = ['department', 'jobTitle', 'companyName', 'employeeType'];
