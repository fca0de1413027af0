/** A set-up from the link to the start in this process: real pages, activities, store and simulators. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { createActivities } from '../../../../../activities/index.ts';
import { createServices, noWorkflows } from '../../../../../activities/services.ts';
import { createConsolePages } from '../../../../../domain/console-pages.ts';
import { noMeter } from '../../../../../domain/meter.ts';
import { createNotifier } from '../../../../../notify/notifier.ts';
import { contoso } from '../../../../../simulators/contoso.ts';
import { startSandbox } from '../../../../../simulators/sandbox.ts';
import { policyOf } from '../../../../config/policy.ts';
import { trust } from '../../../../directory/entra/trust.ts';
import { openTestStore } from '../../../../support/database.ts';
import { consoleKey, consoleUrl, openConsole } from '../../support/console-in-process.ts';
import { Administrator } from './administrator.ts';

export type SetUpWorld = Awaited<ReturnType<typeof openSetUpWorld>>;

export const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** `isShared`: whether the installation has an application of its own in Entra ID. */
export async function openSetUpWorld({ isShared = true, startsPaused = true } = {}) {
  const [store, sandbox, folder] = await Promise.all([
    openTestStore(),
    startSandbox(),
    mkdtemp(join(tmpdir(), 'timely-sync-set-up-')),
  ]);
  trust(sandbox.caPem);
  sandbox.microsoft.state.sharedApp.redirectUris = ['consented', 'signed-in'].map(
    (page) => `${consoleUrl}/set-up/${page}`,
  );
  const pem = join(folder, 'application.pem');
  await writeFile(pem, await sandbox.sharedCertificate());
  const { credentials, microsoft, okta, sap, timely } = sandbox;
  const policy = policyOf(
    {
      TIMELY_SYNC_SHARED_REFERENCES: 'env:TIMELY_CLIENT_ID,env:TIMELY_CLIENT_SECRET',
      TIMELY_SYNC_ALLOWED_HOSTS: 'localhost,127.0.0.1',
      ...(isShared && {
        TIMELY_SYNC_ENTRA_APPLICATION_ID: credentials.sharedClientId,
        TIMELY_SYNC_ENTRA_APPLICATION_CERTIFICATE: `file:${pem}`,
      }),
    },
    { TIMELY_CLIENT_ID: credentials.applicationId, TIMELY_CLIENT_SECRET: credentials.applicationSecret },
  );
  const clock = { ms: Date.now() };
  const real = createServices(
    ...([store.database, consoleKey, policy, () => noMeter, null] as const),
    { notifier: createNotifier(null), ui: null },
    undefined,
    noWorkflows,
    { pages: createConsolePages(consoleUrl, () => 'c4'), trustsTemporal: false },
  );
  const services = { ...real, now: () => new Date(clock.ms) };
  const activities = createActivities(services);
  const endpoints = {
    ...{ login: microsoft.url, graph: microsoft.url, okta: okta.url, sap: sap.url, timely: timely.url },
  };
  const opened = openConsole({ answers: activities, policy, setUp: { startsPaused, endpoints } });
  opened.now.ms = clock.ms;
  const globalAdmin = () => microsoft.state.user('Henrik Lund').id;
  let invitations = 0;
  const world = {
    ...{ store, sandbox, services, activities, policy, console: opened },
    /** Moves the clocks of the console and the workers. */
    passing(hours: number) {
      clock.ms += hours * 3_600_000;
      opened.now.ms = clock.ms;
    },
    /** Makes a link as `timely-sync invite` does; returns its path. */
    async invite(tenant: string): Promise<string> {
      const token = randomBytes(32).toString('base64url');
      const link = digestOf(token);
      await activities.runQuery({ about: 'invite', tenant, link, by: 'it@provider.example' });
      return `/set-up/${token}`;
    },
    administrator: () => new Administrator(opened.browser()),
    /** Object id of the person who may consent for the directory. */
    globalAdmin,
    /** An administrator who has opened a link of a new tenant. */
    async invited() {
      invitations += 1;
      const tenant = `t-${invitations}`;
      const link = await world.invite(tenant);
      const admin = world.administrator();
      await admin.open(link);
      await admin.send();
      return { tenant, link, admin };
    },
    /** Leads an administrator up to Microsoft's page of consent. */
    async toConsent(admin: Administrator): Promise<void> {
      await admin.open('/set-up/directory/entra');
      await admin.send({ directoryId: contoso.domain });
      expect(admin.path).toBe('/set-up/consent');
    },
    /** Leads an administrator over the consent to what the directory grants. */
    async toAccess(admin: Administrator): Promise<void> {
      await world.toConsent(admin);
      const signIn = await admin.goTo(globalAdmin());
      await admin.goTo(globalAdmin(), signIn ?? '');
    },
    async close() {
      await Promise.all([store.close(), sandbox.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}
