/**
 * A tenant moves from Entra ID to Okta (docs/moving-directories.md): the same company, one person who stays behind, and one who
 * is new. Each test continues from the state of the last one.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PreviewDocument } from '../../../client/remote/preview.ts';
import { commandsFor } from '../../support/commands.ts';
import { startWorld, until, type World } from '../../support/world.ts';

/** As Timely has it. */
const behind = 'Grace.Hall@contoso.example';
const newcomer = 'nora.new@contoso.example';
const oktaFile = join(import.meta.dirname, '..', '..', '..', 'tenants', 'contoso-okta.yaml');

let world: World;
let commands: ReturnType<typeof commandsFor>;
/** As the old directory left Timely. */
let before: { present: string[]; mails: number; teams: Record<string, string[]> };

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
  commands = commandsFor(world);
  await world.start();
  for (const { id } of await world.approvals())
    await commands.run('approvals', 'approve', id, '--by', 'it@contoso.example', '--note', 'ok', '--yes');
  await world.cycle({ full: true });
  before = { present: world.present(), mails: timely().mails.length, teams: teams() };
  const { okta } = world.sandbox;
  okta.state.purge(behind.toLowerCase());
  okta.state.join({ displayName: 'Nora New', groups: ['Timely Users'] });
}, 120_000);
afterAll(async () => {
  commands.release();
  await world.close();
});

const timely = () => world.sandbox.timely.state;
const teams = () => Object.fromEntries(timely().teams.map(({ name }) => [name, world.team(name)]));
const idInOkta = (email: string) =>
  world.sandbox.okta.state.users
    .values()
    .find(({ profile }) => String(profile.email ?? profile.login).toLowerCase() === email.toLowerCase())?.id;

/** The tenant file with the source of the sandbox's Okta, and Okta's names of attributes. */
async function fileOfOkta(): Promise<string> {
  const source = /^source:\n(?: .*\n)+/m;
  const wanted = source.exec(await readFile(oktaFile, 'utf8'))?.[0] ?? '';
  return (await readFile(world.file, 'utf8'))
    .replace(source, wanted)
    .replace('jobTitle: Meeting', 'title: Meeting');
}

test('a preview shows whose link moves, and who waits for an answer', async () => {
  const file = join(world.folder, 'okta.yaml');
  await writeFile(file, await fileOfOkta());
  const { changes } = (await commands.json<PreviewDocument>('preview', file)).document;
  const ofKind = (kind: string) => changes.filter(({ change }) => change === kind);
  const invited = ofKind('invite').filter(({ hold }) => hold === null);
  expect(invited.map(({ subject }) => subject)).toEqual([newcomer]);
  const moved = ofKind('link').filter(({ why }) => why.startsWith('moved: '));
  expect(moved.length).toBeGreaterThan(40);
  const removed = ofKind('remove').find(({ subject }) => subject === behind);
  expect(removed?.hold?.rule).toBe('first-cycle');
  expect(world.present()).toEqual(before.present);
}, 60_000);

test('the links move, nobody is invited twice, nobody is removed without an answer', async () => {
  const text = await fileOfOkta();
  const { finishedCycle } = await world.status();
  await world.configure(() => text);
  await world.untilCycle(finishedCycle);
  for (const { id, rule } of await world.approvals())
    if (rule !== 'first-cycle')
      await commands.run('approvals', 'approve', id, '--by', 'it@contoso.example', '--note', 'ok', '--yes');
  await world.cycle({ full: true });
  expect(world.present()).toEqual([...before.present, newcomer].sort());
  expect(timely().mails.length).toBe(before.mails + 1);
  const ids = timely().present.filter(({ external_id }) => external_id?.startsWith('00u'));
  expect(ids.length).toBeGreaterThan(40);
  for (const { email, external_id } of ids) expect(external_id).toBe(idInOkta(email));
  for (const [name, members] of Object.entries(before.teams))
    expect([name, teams()[name]]).toEqual([name, expect.arrayContaining(members)]);
}, 90_000);

test('an answer removes who stayed behind', async () => {
  const { id } = await world.approvalOf(behind);
  await commands.run(
    'approvals',
    'approve',
    id,
    '--only',
    behind,
    '--by',
    'it@contoso.example',
    '--note',
    'ok',
    '--yes',
  );
  await until('the removal', async () => !world.present().includes(behind.toLowerCase()) || null);
  expect(world.present()).toEqual(
    [...before.present, newcomer].filter((email) => email !== behind.toLowerCase()).sort(),
  );
}, 60_000);
