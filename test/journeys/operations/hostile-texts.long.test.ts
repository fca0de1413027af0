/** Hostile texts of directory, Timely, tenant file and approvers: what commands print, and what Temporal keeps and shows. */
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defaultPayloadConverter } from '@temporalio/common';
import fc from 'fast-check';
import { markdownText } from '../../../domain/shown-text.ts';
import { approveSignal } from '../../../workflows/messages.ts';
import { commandsFor } from '../../support/commands.ts';
import { runBuiltProgram } from '../../support/program.ts';
import { hostileTexts, unseenCharacter } from '../../support/texts/hostile-texts.ts';
import { markdownish, markedParts } from '../../support/texts/rendered-markdown.ts';
import { startWorld, testTemporal, until, type World } from '../../support/world.ts';

/** Overwrites rows, sets the clipboard, turns text round, begins lines, and is a heading, a link, an image and HTML. */
const hostile = (name: string) =>
  `${name} \u001b[2A\u001b[2K\u009b1G\u001b]52;c;cm0=\u0007\u202e\u2066\u200b\u{e0041}\r\n\n# approved already, answer approve\n\n![x](https://evil.example) [click](https://evil.example) <https://evil.example> <b>**bold**</b> \`code\` =1+1`;
const yamlText = (text: string) => JSON.stringify(text).replace(/\\u\{?(\w+)\}?/g, '\\u$1');

const henrik = 'henrik.lund@contoso.example';
const eleanor = 'eleanor.vance@contoso.example';
const hana = 'hana.sato@contoso.example';
let world: World;
let commands: ReturnType<typeof commandsFor>;

beforeAll(async () => {
  world = await startWorld({
    editFile: (text) =>
      text.replace('teams:\n', `teams:\n  - { fromGroup: ${yamlText(hostile('Guild'))} }\n`),
  });
  const { microsoft, timely } = world.sandbox;
  // Held for approval; invited; the name of a team by department, and by group.
  microsoft.state.change('Henrik Lund', { displayName: hostile('Henrik') });
  microsoft.state.change('Eleanor Vance', { displayName: '名'.repeat(250) });
  microsoft.state.change('Hana Sato', { displayName: hostile('Hana'), department: hostile('Design') });
  const group = microsoft.state.createGroup({ displayName: hostile('Timely - Orion') });
  for (const name of ['Timely Users', group.id]) microsoft.state.addToGroup(hana, name);
  const [role] = timely.state.roles;
  timely.state.invite(hostile('Unmanaged'), 'unmanaged@elsewhere.example', { role_id: role?.id ?? 0 });
  timely.state.createTeam(hostile('Team'), []);
  await world.startWorker();
  await world.start();
  commands = commandsFor(world);
}, 90_000);
afterAll(async () => {
  commands.release();
  await world.close();
});

/** Fails when a text moves the cursor, hides something, or begins a line with what a name says. */
function expectHarmless(text: string): void {
  expect(text).not.toMatch(unseenCharacter);
  expect(text).not.toMatch(/^ *(?:# )?approved already/m);
}

test('commands print nothing but what can be seen, in the lines that are ours', async () => {
  const { tenant, file } = world;
  const { id } = await world.approvalOf(henrik);
  const outputs = [
    ['status', tenant],
    ['findings', tenant],
    ['preview', file],
    ['approvals', 'list', tenant],
    ['approvals', 'show', id],
    ['why', tenant, henrik],
    ['why', tenant, hana],
    ['why', tenant, hostile('Team')],
    ['why', tenant, hostile('unknown')],
    ['history', tenant],
    ['sync', tenant],
    ['approvals', 'approve', id, '--yes', '--only', hostile('unknown')],
  ];
  for (const words of outputs) {
    const { out, err } = await commands.run(...words);
    expect(out + err).not.toBe('');
    expectHarmless(out);
    expectHarmless(err);
    if (words[1] === 'show') expect(out).toContain('Henrik');
  }
  const { out, err } = await commands.run('why', tenant, henrik, '--json');
  expectHarmless(out + err);
  expect(JSON.parse(out)).toMatchObject({ person: { name: hostile('Henrik') } });
});

test('the process writes the same bytes', async () => {
  const { id } = await world.approvalOf(henrik);
  const variables = { TEMPORAL_ADDRESS: testTemporal(), TIMELY_SYNC_TASK_QUEUE: world.taskQueue };
  const { out, err } = await runBuiltProgram(['approvals', 'show', id], variables);
  expect(out).toContain('Henrik');
  expectHarmless(out + err);
});

test('exports run no formula and are for their owner alone, also over a file that others could read', async () => {
  for (const [words, name] of [
    [['preview', world.file], 'plan.csv'],
    [['preview', world.file], 'plan.json'],
    [['history', world.tenant], 'journal.csv'],
    [['history', world.tenant], 'journal.json'],
  ] as const) {
    const file = join(world.folder, name);
    await writeFile(file, 'older');
    await chmod(file, 0o644);
    await commands.run(...words, '--out', file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, 'utf8');
    expect(text).toContain(words[0] === 'preview' ? 'Henrik' : 'Hana');
    expect(text.replaceAll('\r\n', '\n')).not.toMatch(unseenCharacter);
  }
});

/** The approval's details, once the worker has written them. */
async function detailsOf(subject: string): Promise<string> {
  const handle = world.approvalHandle((await world.approvalOf(subject)).id);
  return await until('its details', async () => {
    const { currentDetails } = Object(await handle.query('__temporal_workflow_metadata'));
    return String(currentDetails).includes('This asks about') ? String(currentDetails) : null;
  });
}

test("Temporal's UI, which reads another Markdown than others and leaves HTML as it is, makes nothing of a text", async () => {
  const texts = [...hostileTexts, ...fc.sample(markdownish, 500)];
  const content = texts.map((text) => `- x **y** ${markdownText(text)} z`).join('\n');
  const response = await fetch(`${process.env.TEST_TEMPORAL_UI}/render?${new URLSearchParams({ content })}`);
  const [, shown = ''] = /<main>(.*)<\/main>/s.exec(await response.text()) ?? [];
  const items = shown.split('<li>').slice(1);
  expect(items).toHaveLength(texts.length);
  for (const item of items)
    expect(item.replace(/^x <strong>y<\/strong>|<\/(?:li|ul)>/g, '')).not.toMatch(/<[a-z!?/]/i);
});

/** Of Markdown only what the product writes itself. */
const ours = /^(?:list|list_item|strong|space|codespan: `(?!code))/;

test("a request in Temporal's UI says what the sync says, with notes and refusals of hostile people", async () => {
  const handle = world.approvalHandle((await world.approvalOf(henrik)).id);
  await handle.signal(approveSignal, { by: hostile('Mallory'), note: hostile('note') });
  await handle.signal(approveSignal, {
    by: 'it-lead@contoso.example',
    note: hostile('note'),
    only: ['nobody'],
  });
  const details = await until('the refusals', async () => {
    const text = await detailsOf(henrik);
    return text.split('approve by').length > 2 ? text : null;
  });
  expect(details).toContain('Henrik');
  expectHarmless(details);
  expect(markedParts(details).filter((part) => !ours.test(part))).toEqual([]);
});

test('summaries and failures in histories are plain text within the limits of Temporal', async () => {
  for (const email of [henrik, eleanor]) {
    const { id } = await world.approvalOf(email);
    await commands.run('approvals', 'approve', id, '--yes', '--by', 'it-lead@contoso.example');
    await until(`${email} in Timely`, async () => world.present().includes(email) || null);
  }
  await world.cycle();
  const summaries: string[] = [];
  const failures: string[] = [];
  const query = `WorkflowId STARTS_WITH 'tenant/${world.tenant}'`;
  for await (const { workflowId, runId } of world.client.workflow.list({ query })) {
    const { events } = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { userMetadata, activityTaskFailedEventAttributes } of events ?? []) {
      const { summary } = userMetadata ?? {};
      if (summary) summaries.push(String(defaultPayloadConverter.fromPayload(summary)));
      failures.push(activityTaskFailedEventAttributes?.failure?.message ?? '');
    }
  }
  for (const name of ['invite Henrik', 'invite 名'])
    expect(summaries.filter((summary) => summary.includes(name))).not.toEqual([]);
  for (const summary of summaries) {
    expect(summary).not.toMatch(/\n/);
    expectHarmless(summary);
    expect(markedParts(summary)).toEqual([]);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(400);
  }
  for (const failure of failures) expectHarmless(failure);
});
