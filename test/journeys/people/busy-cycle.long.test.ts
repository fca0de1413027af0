/** What comes into a cycle of many invitations: a leaver, and a pause. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { nudgeSignal, pauseSignal, resumeSignal, tenantWorkflowId } from '../../../workflows/messages.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({
    editFile: (text) => text.replace('invitations: { max: 100 }', 'invitations: { max: 1000 }'),
  });
  world.sandbox.timely.state.account.seats = 1_000;
  await Promise.all([world.startWorker(), world.startWorker()]);
  await world.start();
}, 120_000);
afterAll(() => world.close());

/** Adds people in scope. Timely takes no digits in names. */
function join(count: number, family: string): string[] {
  return Array.from({ length: count }, (_, number) => {
    const letters = [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    const person = { displayName: `P${letters} ${family}`, groups: ['Timely Users'] };
    world.sandbox.microsoft.state.join(person);
    return `p${letters}.${family.toLowerCase()}@contoso.example`;
  });
}

/** Gives the tenant another rate by its file, which starts a cycle. */
const configureRate = (perSecond: number) =>
  world.configure((text) => text.replace(/requestsPerSecond: \d+/, `requestsPerSecond: ${perSecond}`));

test('removes a leaver within seconds among many invitations, each sent once', async () => {
  const { microsoft, timely } = world.sandbox;
  const people = join(60, 'Many');
  await configureRate(6);
  const arrived = () => people.filter((email) => world.present().includes(email)).length;
  await until('the first invitations', async () => arrived() >= 6 || null);
  microsoft.state.leave('Chen Wei');
  const leftMs = Date.now();
  await world.client.workflow.getHandle(tenantWorkflowId(world.tenant)).signal(nudgeSignal, {});
  const gone = async () => !world.present().includes('chen.wei@contoso.example') || null;
  await until('the leaver to be out', gone, 12_000);
  expect(Date.now() - leftMs).toBeLessThan(8_000);
  expect(arrived()).toBeLessThan(people.length);
  await configureRate(50);
  await until('all people to be in', async () => arrived() === people.length || null, 60_000);
  for (const email of people) expect(timely.state.mailsTo(email)).toBe(1);
}, 120_000);

test('a pause ends the running cycle soon, and the rest follows after it', async () => {
  const people = join(60, 'Paused');
  const loop = world.client.workflow.getHandle(tenantWorkflowId(world.tenant));
  await configureRate(6);
  const arrived = () => people.filter((email) => world.present().includes(email)).length;
  await until('the first invitations', async () => arrived() >= 3 || null);
  await loop.signal(pauseSignal);
  const ended = async () => ((await world.status()).stage === 'paused' ? true : null);
  await until('the cycle to end', ended, 15_000);
  expect(arrived()).toBeLessThan(people.length / 2);
  await configureRate(50);
  await loop.signal(resumeSignal);
  await until('all people to be in', async () => arrived() === people.length || null, 60_000);
  for (const email of people) expect(world.sandbox.timely.state.mailsTo(email)).toBe(1);
}, 120_000);
