/** People are told where `notify:` says: requests and their deadlines, a tenant in trouble, once each. One running tenant. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { approvalWorkflowId, decideUpdate, parseApprovalId } from '../../../workflows/messages.ts';
import { ask } from '../../support/ask.ts';
import { type Catcher, startCatcher, startMailCatcher, trustCatcher } from '../../support/message-catcher.ts';
import { endProcess } from '../../support/program.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;
let catcher: Catcher;
let mail: Awaited<ReturnType<typeof startMailCatcher>>;
let letGo: () => void = () => undefined;

/** Long enough for a busy machine, short enough to be waited for. */
const terms = 'approvers: 2\n  remindAfter: 10s\n  escalateAfter: 16s\n  expireAfter: 22s';
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
    letGo = resolve;
  });
  catcher.answer('/gone', () => new Response('', { status: 404 }));
  catcher.answer('/hanging', async () => {
    await held;
    return new Response('');
  });
  world = await startWorld({
    editFile: (text) => text.replace(/approvers: 1\n.*\n.*\n +expireAfter: 7d/, terms) + notify(catcher.url),
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
  letGo();
  await Promise.all([world.close(), catcher.close(), mail.close()]);
});

interface Told {
  kind: string;
  title: string;
  notification: { requests?: { id: string; approvedBy: { by: string }[] }[]; others?: number };
  links: string[];
}
const toldAt = (path: string) => catcher.bodies(path) as Told[];
const kindsAt = (path: string) => toldAt(path).map(({ kind }) => kind);
const untilTold = (path: string, kind: string) =>
  until(`a ${kind} at ${path}`, async () => toldAt(path).find((told) => told.kind === kind) ?? null);

test('requests of one cycle are one message a channel, and a channel that hangs holds no cycle up', async () => {
  expect(await world.status()).toMatchObject({ health: 'ok', finishedCycle: 1 });
  const { notification, links } = await untilTold('/ops', 'request');
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
  // Long lines are folded on their way (RFC 2045, quoted-printable).
  expect(mail.mails[0]?.text.replace(/=\r\n/g, '')).toContain(`timely-sync approvals show ${world.tenant}/1`);
});

test('they remind with who has approved so far, escalate to whom it was asked for, and expire', async () => {
  const [first] = await world.approvals();
  const number = parseApprovalId(first?.id ?? '')?.approval ?? 0;
  await world.client.workflow
    .getHandle(approvalWorkflowId(world.tenant, number))
    .executeUpdate(decideUpdate, { args: [{ decision: 'approve', by: 'anna@contoso.example' }] });
  // A new tenant file does not move what was opened by the old one.
  await world.configure((text) => text.replace('escalateAfter: 16s', 'escalateAfter: 2d'));
  const { notification } = await untilTold('/ops', 'reminder');
  expect(notification.requests?.find(({ id }) => id === first?.id)?.approvedBy).toMatchObject([
    { by: 'anna@contoso.example' },
  ]);
  await untilTold('/boss', 'escalation');
  await untilTold('/ops', 'expiry');
  expect(kindsAt('/ops')).toEqual(['request', 'reminder', 'escalation', 'expiry']);
  expect(kindsAt('/boss')).toEqual(['escalation']);
  expect(await world.approvals()).toEqual([]);
}, 60_000);

/** The channel that never answers. */
const stillHanging = 1;

async function tellersAtWork(): Promise<number> {
  const query = `WorkflowId STARTS_WITH 'tenant/${world.tenant}/notify/' AND ExecutionStatus = 'Running'`;
  return (await world.client.workflow.count(query)).count;
}

test('a tenant that needs somebody is told of once, whatever worker runs it, and so is the end of it', async () => {
  const { faults } = world.sandbox.timely;
  world.sandbox.microsoft.state.join({ displayName: 'Nora Winter', department: 'Design' });
  faults.set('permissionLost', { operation: 'users.invite' });
  expect(await world.cycle()).toMatchObject({ health: 'needs-connect' });
  await untilTold('/ops', 'trouble');
  // A worker that dies between sending and noting sends once more, under the same id: here it has noted.
  await until('the end of telling', async () => (await tellersAtWork()) <= stillHanging || null);
  await Promise.all([...world.workers].map(endProcess));
  await world.startWorker();
  expect(await world.cycle()).toMatchObject({ health: 'needs-connect' });
  faults.clear();
  expect(await world.cycle()).toMatchObject({ health: 'ok' });
  await until('the end', async () =>
    kindsAt('/ops').filter((kind) => kind === 'trouble').length > 1 ? true : null,
  );
  await world.cycle();
  expect(
    toldAt('/ops')
      .slice(4)
      .map(({ title }) => title),
  ).toEqual([
    `Timely sync of ${world.tenant} needs attention: needs-connect`,
    `Timely sync of ${world.tenant}: all is well again`,
  ]);
  expect(kindsAt('/boss')).toEqual(['escalation']);
}, 60_000);

test('a channel that refuses is told as a finding without its address, and is not asked twice', async () => {
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
  // One try a matter: request, reminder, escalation, expiry, trouble. Who heard of no trouble hears of no end.
  expect(kindsAt('/gone')).toEqual(['request', 'reminder', 'escalation', 'expiry', 'trouble']);
});
