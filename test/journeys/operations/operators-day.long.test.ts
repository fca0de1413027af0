/**
 * An operator's first day at a terminal of 80 columns, by the README and the pages that it names: from `init` to a company of a
 * thousand people that is in Timely, where three hundred of them were before.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fillCompany } from '../../../bench/scale/scale-company.ts';
import { departments } from '../../../bench/support/company-names.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import type { TimelyState } from '../../../simulators/timely/state.ts';
import { tenantWorkflowId } from '../../../workflows/messages.ts';
import { codeShown } from '../../client/support/code-shown.ts';
import { atTerminal, type Typist } from '../../client/support/pseudo-terminal.ts';
import { builtProgram } from '../../support/program.ts';
import { startWorld, type World } from '../../support/world.ts';

const tenant = 'acme';
const file = `${tenant}.yaml`;
const company = {
  people: 1_000,
  groups: 20,
  memberships: 3_000,
  inScope: 1_000,
  inTimely: 300,
  seed: 'a day',
};
const byHand = ['Sales', 'Friday Football'];
const withinMs = 5 * 60_000;
/** Every tenth person has one of these, so that a changed role shows. */
const otherRoles = new Map([
  [3, 'manager'],
  [7, 'team_lead'],
]);
/** Web addresses, and what is pasted into a shell, stay whole. */
const toPaste = /^(https:|APP=|az |for permission in |export )/;

let world: World;
const brokenLines: string[] = [];

/** The company, and what its people made of Timely by hand before there was a sync. */
function fill(microsoft: MicrosoftState, timely: TimelyState): void {
  fillCompany(microsoft, timely, company);
  timely.account.seats = 1_100;
  const users = timely.present.slice(1);
  for (const [index, name] of byHand.entries()) {
    const members = users.slice(index * 20, index * 20 + 12);
    timely.createTeam(
      name,
      members.map(({ id }, place) => ({ user_id: id, lead: place === 0 })),
    );
  }
  for (const [index, user] of users.entries()) {
    const role = timely.roleNamed(otherRoles.get(index % 10) ?? '');
    if (role) user.role_id = role.id;
  }
}

/** The role of each user of Timely, and the members of each team. */
function standing(): { roles: Map<string, string>; teams: Map<string, string> } {
  const { state } = world.sandbox.timely;
  return {
    roles: new Map(state.present.map(({ email, role_id }) => [email, state.role(role_id)?.name ?? ''])),
    teams: new Map(state.teams.map(({ name, users }) => [name, JSON.stringify(users)])),
  };
}

beforeAll(async () => {
  world = await startWorld({ company: fill });
  const { clientSecret, applicationId, applicationSecret } = world.sandbox.credentials;
  Object.assign(world.variables, {
    TENANT_ACME_ENTRA_SECRET: clientSecret,
    TENANT_ACME_TIMELY_CLIENT_ID: applicationId,
    TENANT_ACME_TIMELY_CLIENT_SECRET: applicationSecret,
  });
  await world.startWorker();
}, 90_000);
afterAll(async () => {
  const loop = world.client.workflow.getHandle(tenantWorkflowId(tenant));
  await loop.terminate('the day is over').catch(() => undefined);
  await world.close();
});

/** One command at the terminal: what it showed, and how it ended. */
async function enter(words: string[], act: (person: Typist) => Promise<void> = async () => undefined) {
  const { TEMPORAL_ADDRESS, TIMELY_SYNC_TASK_QUEUE } = world.variables;
  const env = { TEMPORAL_ADDRESS, TIMELY_SYNC_TASK_QUEUE };
  const person = atTerminal([builtProgram, ...words], env, world.folder);
  try {
    await act(person);
    const exitCode = await person.ended;
    brokenLines.push(...person.brokenLines().filter((line) => !toPaste.test(line)));
    return { exitCode, text: person.screen() };
  } finally {
    person.kill();
  }
}

/** The simulated world needs its addresses, and a terminal without a browser the code of the sign-in. */
const initOfSandbox = [
  ...['init', '--paste', '--timely-endpoint', 'env:TENANT_CONTOSO_TIMELY'],
  ...['--login', 'env:TENANT_CONTOSO_MICROSOFT', '--graph', 'env:TENANT_CONTOSO_MICROSOFT'],
];

async function answerInit(person: Typist): Promise<void> {
  const { app, domain } = world.sandbox.microsoft.state;
  await person.answer('A name for this tenant', tenant);
  await person.answer('The directory: entra, okta or sap', '');
  await person.answer('How the application signs in to Entra ID', '');
  await person.answer('Directory (tenant) id of Entra ID', domain);
  await person.answer('Application (client) id', app.clientId);
  await person.answer('Number of the Timely account', String(world.sandbox.credentials.accountId));
  await person.see('connect acme');
  await person.answer('Sign in to Timely now?', 'y');
  await person.see('The code that Timely shows');
  person.type(await codeShown(world, person.screen()));
  await person.see('300 of them in the directory');
  await person.answer('Group that comes into Timely', '');
  await person.answer('Role in Timely', '');
  await person.answer('Teams in Timely', '');
  await person.answer('Show the preview now', 'y');
}

/** What somebody reads before they accept it. */
function expectPreview(text: string): void {
  expect(text).toContain('1000 in scope, 0 unchanged.');
  expect(text).toContain('Plan: 7 to add, 299 to change, 0 to remove;');
  expect(text).toMatch(/~ link +│? *299 people/);
  expect(text).toMatch(/\+ createTeam +│? *7 teams/);
  expect(text).toMatch(/\+ held: invite +│? *700 people +│? *too-many-invitations/);
  expect(text).toMatch(/~ held: link +│? *1 person +│? *sensitive/);
  expect(text).toMatch(/1 team +│? *adopts-team/);
  expect(text).toContain('702 changes ask for an approval once the cycle has run.');
}

test('brings a company in within five minutes, writes nothing unseen, and leaves roles and teams alone', async () => {
  const before = standing();
  const beganMs = Date.now();

  const init = await enter(initOfSandbox, answerInit);
  expect(init.exitCode).toBe(0);
  expectPreview(init.text);
  const path = join(world.folder, file);
  const written = await readFile(path, 'utf8');
  await writeFile(path, written.replace('# requestsPerSecond: 5', 'requestsPerSecond: 20'));
  const started = await enter(['start', file]);
  expect(started.text).toContain('acme is new and paused: nothing is written to Timely');
  // `init` has signed in already.
  expect(started.text).toContain('Next: timely-sync preview acme.yaml; timely-sync resume acme');
  expect((await enter(['check', file])).text).toContain('acme: 0 errors, 0 warnings.');
  const preview = await enter(['preview', file]);
  expect(preview.exitCode).toBe(3);
  expectPreview(preview.text);
  expect(world.writes()).toEqual([]);

  const resumed = await enter(['resume', tenant]);
  expect(resumed.text.replaceAll('\n', ' ')).toMatch(/goes on by the preview of .*, 306 changes to apply/);
  expect((await enter(['status', tenant])).text).not.toContain('No one is in scope');
  expect((await enter(['watch', tenant])).text).toContain('299 linked, 7 new teams, 702 held.');
  const status = await enter(['status', tenant]);
  expect(status.text).toContain('acme/2, too-many-invitations, 700 changes');
  expect(status.text.split('\n').length).toBeLessThanOrEqual(40);
  expect((await enter(['approvals', 'list'])).text).toContain('acme/2  too-many-invitations  open');
  const decided = await enter(['approvals', 'approve', 'acme/2', '--note', 'seen'], (person) =>
    person.answer('approve all of it', 'y'),
  );
  expect(decided.exitCode).toBe(0);
  // The question is drawn again with each key.
  const [shown = ''] = decided.text.split('approve all of it');
  expect(shown.split('\n').length).toBeLessThanOrEqual(40);
  expect((await enter(['watch', tenant])).text).toContain('700 invited');

  const invitations = world.writes().filter(({ operation }) => operation === 'users.invite');
  expect(Date.parse(invitations.at(-1)?.at ?? '') - beganMs).toBeLessThan(withinMs);
  const { mails, present, teams } = world.sandbox.timely.state;
  expect([mails.length, present.length]).toEqual([700, 1_001]);
  expect(teams.map(({ name }) => name).sort()).toEqual([...new Set([...departments, ...byHand])].sort());
  const after = standing();
  for (const [email, role] of before.roles) expect([email, after.roles.get(email)]).toEqual([email, role]);
  for (const [name, members] of before.teams) expect([name, after.teams.get(name)]).toEqual([name, members]);

  const last = present.at(-1)?.email ?? '';
  expect((await enter(['why', tenant, last])).text).toContain('approved: acme/2');
  expect((await enter(['why', tenant, 'Sales'])).text).toContain('Team Sales');
  expect((await enter(['history', tenant, '--person', last])).text).toContain('invite');
  await enter(['history', tenant]);
  await enter(['status']);
  expect(brokenLines).toEqual([]);
}, 400_000);
