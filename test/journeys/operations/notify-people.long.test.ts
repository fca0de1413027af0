/** Notifications reach the channels of `notify:` once: approvals, their deadlines, tenant health. One running tenant. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decideUpdate } from '../../../workflows/messages.ts';
import { ask } from '../../support/ask.ts';
import { type Catcher, startCatcher, startMailCatcher, trustCatcher } from '../../support/message-catcher.ts';
import { endProcess } from '../../support/program.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;
let catcher: Catcher;
let mail: Awaited<ReturnType<typeof startMailCatcher>>;
let releaseChannel: () => void = () => undefined;

/** Approvals of the first cycle remind until the test has seen enough. */
const who = 'who: [anna@contoso.example, ben@contoso.example]';
const remindingTerms = `approvers: 2\n  ${who}\n  remindAfter: 12s\n  escalateAfter: 2d\n  expireAfter: 7d`;
const endingTerms = `approvers: 2\n  ${who}\n  remindAfter: 1d\n  escalateAfter: 4s\n  expireAfter: 8s`;
const notify = (url: string) => `
notify:
  - {teams: env:OPS_TEAMS}
  - {slack: env:OPS_SLACK}
  - {webhook: ${url}/ops, key: env:OPS_KEY}
  - {webhook: ${url}/boss, only: [escalation]}
  - {webhook: ${url}/gone}
  - {webhook: ${url}/hanging}
  - {email: [it@contoso.example], only: [request, trouble]}
`;

beforeAll(async () => {
  [catcher, mail] = await Promise.all([startCatcher(), startMailCatcher()]);
  const held = new Promise<void>((resolve) => {
    releaseChannel = resolve;
  });
  catcher.answer('/gone', () => new Response('', { status: 404 }));
  catcher.answer('/hanging', async () => {
    await held;
    return new Response('');
  });
  world = await startWorld({
    editFile: (text) =>
      text.replace(/approvers: 1\n.*\n.*\n +expireAfter: 7d/, remindingTerms) + notify(catcher.url),
  });
  Object.assign(world.variables, {
    OPS_TEAMS: `${catcher.url}/teams`,
    OPS_SLACK: `${catcher.url}/slack`,
    OPS_KEY: 'hunter2',
    TIMELY_SYNC_UI_URL: 'http://localhost:8233',
    TIMELY_SYNC_SMTP_URL: mail.url,
    TIMELY_SYNC_SMTP_FROM: 'sync@contoso.example',
  });
  await trustCatcher(world, catcher);
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(async () => {
  releaseChannel();
  await Promise.all([world.close(), catcher.close(), mail.close()]);
});

interface SentNotification {
  id: string;
  kind: string;
  title: string;
  notification: {
    requests?: { id: string; approvedBy: { by: string }[] }[];
    others?: number;
    kinds?: { kind: string; count: number; first: { subject: string }[] }[];
  };
  links: string[];
}
const sentTo = (path: string) => catcher.bodies(path) as SentNotification[];
const kindsSentTo = (path: string) => sentTo(path).map(({ kind }) => kind);
const untilSent = (path: string, kind: string) =>
  until(`a ${kind} at ${path}`, async () => sentTo(path).find((sent) => sent.kind === kind) ?? null);

test('each channel gets one notification for a cycle, and a hanging channel delays no cycle', async () => {
  expect(await world.status()).toMatchObject({ health: 'ok', finishedCycle: 1 });
  const { notification, links } = await untilSent('/ops', 'request');
  const open = await world.approvals();
  expect(open.length).toBeGreaterThan(2);
  expect(notification.requests?.map(({ id }) => id)).toEqual(open.map(({ id }) => id));
  expect(links).toContain(
    `http://localhost:8233/namespaces/default/workflows/${encodeURIComponent(`tenant/${world.tenant}/approval/1`)}`,
  );
  await until('the other channels', async () => {
    const arrived = ['/teams', '/slack', '/gone', '/hanging'].filter(
      (path) => catcher.bodies(path).length > 0,
    );
    return arrived.length === 4 && mail.mails.length > 0 ? true : null;
  });
  const post = catcher.posts.find(({ path }) => path === '/ops');
  const expected = createHmac('sha256', 'hunter2')
    .update(post?.text ?? '')
    .digest('hex');
  expect(post?.headers.get('x-timely-sync-signature')).toBe(`sha256=${expected}`);
  // Mail folds long lines (RFC 2045, quoted-printable).
  expect(mail.mails[0]?.text.replace(/=\r\n/g, '')).toContain(`timely-sync approvals show ${world.tenant}/1`);
});

test('approvals remind with the approvers so far', async () => {
  const [first] = await world.approvals();
  await world
    .approvalHandle(first?.id ?? '')
    .executeUpdate(decideUpdate, { args: [{ decision: 'approve', by: 'anna@contoso.example' }] });
  const approvers = ({ notification }: SentNotification) =>
    notification.requests?.find(({ id }) => id === first?.id)?.approvedBy.map(({ by }) => by);
  const named = await until('a reminder that names Anna', async () => {
    const reminders = sentTo('/ops').filter(({ kind }) => kind === 'reminder');
    return reminders.map(approvers).find((by) => by?.length) ?? null;
  });
  expect(named).toEqual(['anna@contoso.example']);
});

test('approvals escalate to their channel and expire by the file that opened them', async () => {
  const before = await world.approvals();
  for (const displayName of ['Ida Falk', 'Rex Stern']) {
    world.sandbox.microsoft.state.join({ displayName, department: 'Design', groups: ['Executives'] });
  }
  await world.configure((text) => text.replace(remindingTerms, endingTerms));
  const idsIn = ({ notification }: SentNotification) => notification.requests?.map(({ id }) => id);
  const escalation = await untilSent('/boss', 'escalation');
  const expiry = await untilSent('/ops', 'expiry');
  expect(idsIn(escalation)).toHaveLength(2);
  expect(idsIn(expiry)).toEqual(idsIn(escalation));
  const aboutApprovals = kindsSentTo('/ops').filter((kind) => kind !== 'reminder' && kind !== 'finding');
  expect(withoutRepeats(aboutApprovals)).toEqual(['request', 'escalation', 'expiry']);
  expect(kindsSentTo('/boss')).toEqual(['escalation']);
  expect((await world.approvals()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
});

const withoutRepeats = (kinds: string[]) => kinds.filter((kind, place) => kind !== kinds[place - 1]);

/** The channel that never responds. */
const stillHanging = 1;

async function runningNotifyWorkflows(): Promise<number> {
  const query = `WorkflowId STARTS_WITH 'tenant/${world.tenant}/notify/' AND ExecutionStatus = 'Running'`;
  return (await world.client.workflow.count(query)).count;
}

test('an unhealthy tenant gives one notification over worker restarts, and one when it recovers', async () => {
  const { faults } = world.sandbox.timely;
  world.sandbox.microsoft.state.join({ displayName: 'Nora Winter', department: 'Design' });
  faults.set('permissionLost', { operation: 'users.invite' });
  expect(await world.cycle()).toMatchObject({ health: 'needs-connect' });
  await untilSent('/ops', 'trouble');
  // A worker that dies before it records a delivery sends it again under the same id. Here it has recorded it.
  await until(
    'the end of the notifications',
    async () => (await runningNotifyWorkflows()) <= stillHanging || null,
  );
  await Promise.all([...world.workers].map(endProcess));
  await world.startWorker();
  expect(await world.cycle()).toMatchObject({ health: 'needs-connect' });
  faults.clear();
  expect(await world.cycle()).toMatchObject({ health: 'ok' });
  await until('the end', async () =>
    kindsSentTo('/ops').filter((kind) => kind === 'trouble').length > 1 ? true : null,
  );
  await world.cycle();
  const outages = sentTo('/ops').filter(({ kind }) => kind === 'trouble');
  expect(outages.map(({ title }) => title)).toEqual([
    `Timely sync of ${world.tenant} needs attention: needs-connect`,
    `Timely sync of ${world.tenant}: all is well again`,
  ]);
  expect(kindsSentTo('/boss')).toEqual(['escalation']);
}, 60_000);

test('each finding is told once, those of a first cycle in one message', async () => {
  await world.cycle({ full: true });
  const told = sentTo('/ops').flatMap(({ notification }) => notification.kinds ?? []);
  const [first, ...later] = told.filter(({ kind }) => kind === 'unmanaged');
  expect(first?.count).toBeGreaterThan(1);
  expect(first?.first.map(({ subject }) => subject)).toContain('frida@studio-lang.example');
  expect(later).toEqual([]);
  expect(kindsSentTo('/boss')).not.toContain('finding');
});

test('a refusing channel gives a finding without its address, and no retry', async () => {
  await world.cycle({ full: true });
  const { cycle } = await world.status();
  const findings = await ask<{ items: { kind: string; subject: string; message: string }[] }>(
    world.client,
    world.taskQueue,
    { about: 'findings', tenant: world.tenant, cycle, after: 0 },
  );
  const failing = findings.items.filter(({ kind }) => kind === 'channel-failing');
  expect(failing).toContainEqual(
    expect.objectContaining({ message: expect.stringContaining('The webhook refused a message with 404') }),
  );
  expect(JSON.stringify(failing)).not.toContain('/gone');
  // One attempt for each notification. A channel that missed the problem gets no end.
  const ids = sentTo('/gone').map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
  expect(new Set(kindsSentTo('/gone'))).toEqual(
    new Set(['request', 'reminder', 'escalation', 'expiry', 'trouble', 'finding']),
  );
  expect(kindsSentTo('/gone').filter((kind) => kind === 'trouble')).toHaveLength(1);
});
