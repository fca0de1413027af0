/** What Temporal keeps of a tenant with `privacy.labels: ids` and a payload key: nothing readable, and decoded no name. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import getPort from 'get-port';
import { payloadKeys } from '../../../config/payload-keys.ts';
import { EncryptionCodec } from '../../../encryption/payload-codec.ts';
import { commandsFor } from '../../support/commands.ts';
import { startWorld, type World } from '../../support/world.ts';
import { decoded, type KeptByTemporal, keptByTemporal, textOf } from './kept-data.ts';

const payloadKey = `test:${Buffer.alloc(32, 5).toString('base64')}`;
const codec = new EncryptionCodec(payloadKeys({ TIMELY_SYNC_PAYLOAD_KEY: payloadKey }));
const token = 'a-token-of-twenty-four-characters';
const typo = 'nobody.at.all@contoso.example';

let world: World;
let codecUrl: string;
let kept: KeptByTemporal[];
let output = '';

beforeAll(async () => {
  const port = await getPort({ host: '127.0.0.1' });
  codecUrl = `http://127.0.0.1:${port}`;
  world = await startWorld({
    payloadKey,
    editFile: (text) => text.replace('labels: names', 'labels: ids'),
  });
  Object.assign(world.variables, { TIMELY_SYNC_CODEC_PORT: String(port), TIMELY_SYNC_CODEC_TOKEN: token });
  world.sandbox.timely.faults.set('rejectPerson', { operation: 'users.invite', times: 1 });
  await world.startWorker();
  await world.start();
  await runCommands();
  kept = await keptByTemporal(world);
}, 120_000);
afterAll(() => world.close());

const account = (name: string) => world.sandbox.microsoft.state.user(name);

/** Commands whose answers name people, given ids where they take a person. */
async function runCommands(): Promise<void> {
  const { tenant, file, sandbox } = world;
  const commands = commandsFor(world);
  const by = ['--yes', '--by', 'it-lead'];
  const userOf = (address: string) =>
    String(sandbox.timely.state.present.find(({ email }) => email === address)?.id);
  sandbox.microsoft.state.join({
    displayName: 'Nora Winter',
    department: 'Design',
    groups: ['Timely Users'],
  });
  const { document } = await commands.json<{ id: string }[]>('approvals', 'list', tenant);
  const approval = document[0]?.id ?? '';
  for (const words of [
    ['check', file],
    ['preview', file],
    ['status', tenant],
    ['findings', tenant],
    ['approvals', 'list', tenant],
    ['approvals', 'show', approval],
    ['approvals', 'reject', approval, ...by],
    ['approvals', 'reopen', approval, ...by],
    ['why', tenant, account('Hana Sato').id],
    ['why', tenant, account('Henrik Lund').id],
    ['provision', tenant, account('Nora Winter').id],
    ['provision', tenant, account('Henrik Lund').id],
    ['provision', tenant, account('Payroll Robot').id],
    ['provision', tenant, typo],
    ['link', tenant, account('Grace Hall').id, userOf('frida@studio-lang.example'), '--by', 'it-lead'],
    ['link', tenant, account('Henrik Lund').id, userOf('lena.fischer@contoso.example'), '--by', 'it-lead'],
    ['undo', tenant, '1', ...by],
    ['history', tenant],
    ['history', tenant, '--verify'],
  ]) {
    const { out, err } = await commands.run(...words);
    output += `\n> ${words[0]}\n${out}${err}`;
  }
  commands.release();
}

/** Names and addresses of all people of both sides. */
function people(): string[] {
  const { microsoft, timely } = world.sandbox;
  const users = microsoft.state.objects.of('user').map(({ properties }) => properties);
  const texts = [
    ...users.flatMap(({ displayName, mail, userPrincipalName }) => [displayName, mail, userPrincipalName]),
    ...timely.state.present.flatMap(({ name, email }) => [name, email]),
  ];
  const named = texts.filter((text) => typeof text === 'string').filter((text) => /[ @]/.test(text));
  return [...new Set(named)];
}

/** Addresses that the tenant file itself names. */
const inTenantFile = ['owner@contoso.example', 'payroll-robot@contoso.example'];

test('commands still name people to the operator', () => {
  expect(output).toContain('Henrik Lund');
  expect(output).toContain('is linked to Lena Fischer');
  expect(output).not.toMatch(/unknown option|there is no confirmation/);
  expect(output).toContain('nora.winter@contoso.example');
  expect(output).toContain(`The directory has no person "${typo}"`);
});

test('stored data names no person, shows no id of one, and no message', () => {
  const text = textOf(kept);
  expect(kept.length).toBeGreaterThan(25);
  expect([...new Set(kept.map(({ type }) => type))]).toEqual(
    expect.arrayContaining(['tenantSync', 'applyPlan', 'approval', 'provisionPerson', 'runQuery', 'preview']),
  );
  for (const expected of ['binary/encrypted', 'Encoded failure'])
    expect([expected, text.includes(expected)]).toEqual([expected, true]);
  const ids = ['Hana Sato', 'Henrik Lund', 'Nora Winter'].map((name) => account(name).id);
  const shown = [...people(), ...inTenantFile, ...ids, typo, 'The directory has no person', 'invite '];
  expect(shown.filter((each) => text.includes(each))).toEqual([]);
});

test('decoded data names no person with `labels: ids`, but for what operators typed', async () => {
  const names = people().filter((name) => !inTenantFile.includes(name));
  expect(names.length).toBeGreaterThan(60);
  const found: string[] = [];
  for (const { id, content } of kept) {
    const text = textOf(await decoded(content, codec));
    found.push(...names.filter((name) => text.includes(name)).map((name) => `${id}: ${name}`));
  }
  expect(found).toEqual([]);
  const shown = await Promise.all(
    kept
      .filter(({ type }) => type === 'approval' || type === 'tenantSync')
      .map(({ id }) => world.client.workflow.getHandle(id).query('__temporal_workflow_metadata')),
  );
  const details = textOf(shown);
  expect(details).toContain('timely-sync approvals approve');
  expect(names.filter((name) => details.includes(name))).toEqual([]);
  // The search could find something: summaries by id, and what the operator typed.
  const everything = textOf(await decoded(kept, codec));
  const typed = [`invite ${account('Hana Sato').id}`, `The directory has no person \\"${typo}\\"`];
  expect(typed.filter((text) => !everything.includes(text))).toEqual([]);
});

test('a provision names the person by id in what Temporal keeps', async () => {
  const provisions = kept.filter(({ type }) => type === 'provisionPerson');
  const text = textOf(await decoded(provisions, codec));
  const advice = `timely-sync why ${world.tenant} ${account('Henrik Lund').id} says more`;
  expect(text.includes(advice)).toBe(true);
  // The line of the tenant file that leaves this account out is one address.
  expect(text.includes(account('Payroll Robot').id)).toBe(true);
  expect(inTenantFile.filter((address) => text.includes(address))).toEqual([]);
});

test('the codec endpoint of the worker decodes what Temporal keeps, for those who sign in', async () => {
  const [encoded] = await codec.encode([
    { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('7') },
  ]);
  const inJson = {
    metadata: Object.fromEntries(
      Object.entries(encoded?.metadata ?? {}).map(([name, value]) => [
        name,
        Buffer.from(value).toString('base64'),
      ]),
    ),
    data: Buffer.from(encoded?.data ?? []).toString('base64'),
  };
  const post = (headers: Record<string, string>) =>
    fetch(`${codecUrl}/decode`, { method: 'POST', headers, body: JSON.stringify({ payloads: [inJson] }) });
  expect((await post({})).status).toBe(401);
  const answer = await post({ authorization: `Bearer ${token}` });
  expect(await answer.json()).toMatchObject({ payloads: [{ data: Buffer.from('7').toString('base64') }] });
});

test('a command without the key says what it needs', async () => {
  const commands = commandsFor(world);
  delete process.env.TIMELY_SYNC_PAYLOAD_KEY;
  for (const words of [
    ['status', world.tenant],
    ['findings', world.tenant],
    ['watch', world.tenant],
  ]) {
    const { exitCode, err } = await commands.run(...words);
    const advice = expect.stringContaining('Set TIMELY_SYNC_PAYLOAD_KEY to the value that the workers have.');
    expect([words, exitCode, err]).toEqual([words, 2, advice]);
  }
  commands.release();
});
