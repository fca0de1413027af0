/** A removal does not wait until large teams are planned: these have the plan after it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { GatedPlan } from '../../../activities/cycle/plan-tenant.ts';
import { loadFailures } from '../../../store/planning/failures.ts';
import { link, person, team, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { type EditedTenant, editedTenant } from '../support/edited-tenant.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const names = ['Gus', 'Hal', 'Ivy', 'Jo', 'Kit', 'Lea', 'Max'];
const idOf = (name: string) => `id-${name.toLowerCase()}`;
const inDesign = names.map((name) => person(name, { attributes: { department: 'Design' } }));

/** Everybody is in the team of their department, which the sync made. */
function arrange({ removals = 1_000, strangers = [] as number[] } = {}) {
  const members = names.map((_, index) => 30 + index);
  return worldWith({
    rules: {
      teams: [{ kind: 'department', department: '*' }],
      safety: { removals: { max: removals, percent: 100, windowDays: 1 } },
    },
    directory: { people: inDesign },
    timely: {
      users: [...names.map((name, index) => user(30 + index, name)), user(90, 'Zoe')],
      teams: [team(50, 'Design', ...members, ...strangers)],
    },
    personLinks: names.map((name, index) => link(name, 30 + index)),
    teamLinks: [
      {
        source: 'department:design',
        timelyId: 50,
        origin: 'created',
        name: 'Design',
        personIds: names.map(idOf),
      },
    ],
  });
}

type Arranged = ReturnType<typeof arrange>;

async function begin(world: Arranged): Promise<EditedTenant> {
  const tenant = await editedTenant(store.database, world);
  await tenant.planWhole();
  // What the first plan has done is looked at again.
  await tenant.planBoth();
  return tenant;
}

/** The directory loses some people, and some others move to the department Product. */
async function change(tenant: EditedTenant, { directory }: Arranged, gone: string[], moved: string[] = []) {
  const people = inDesign
    .filter(({ id }) => !gone.map(idOf).includes(id))
    .map((each) =>
      moved.map(idOf).includes(each.id) ? { ...each, attributes: { department: 'Product' } } : each,
    );
  await tenant.directoryBecomes({ ...directory, people }, () => true);
}

const kinds = ({ gated }: GatedPlan) => gated.map(({ kind }) => kind);
const said = ({ gated, findings, teamLinkUpdates }: GatedPlan) => ({ gated, findings, teamLinkUpdates });
const waiting = ({ baseline }: GatedPlan) => baseline?.teamsLater?.sources ?? [];

test('the removal goes first, and the next plan has the teams', async () => {
  const world = arrange();
  const tenant = await begin(world);
  await change(tenant, world, ['Gus'], ['Hal']);
  const { part, whole } = await tenant.planBoth({ peopleFirst: true });
  expect(kinds(part)).toEqual(['remove']);
  expect(kinds(whole)).toEqual(['remove', 'createTeam', 'setTeamMembers']);
  expect([...waiting(part)].sort()).toEqual(['department:design', 'department:product']);
  await tenant.applyPlan();
  const after = await tenant.planBoth({ peopleFirst: true });
  expect(said(after.part)).toEqual(said(after.whole));
  expect(kinds(after.part)).toContain('createTeam');
  expect(waiting(after.part)).toEqual([]);
});

test('without a removal nothing waits', async () => {
  const world = arrange();
  const tenant = await begin(world);
  await change(tenant, world, [], ['Hal']);
  const { part, whole } = await tenant.planBoth({ peopleFirst: true });
  expect(said(part)).toEqual(said(whole));
  expect(kinds(part)).toContain('createTeam');
});

test('nor for a removal that is held itself', async () => {
  const world = arrange({ removals: 0 });
  const tenant = await begin(world);
  await change(tenant, world, ['Gus'], ['Hal']);
  const { part, whole } = await tenant.planBoth({ peopleFirst: true });
  expect(part.gated.find(({ kind }) => kind === 'remove')?.hold?.rule).toBe('too-many-removals');
  expect(said(part)).toEqual(said(whole));
});

test('a stream of leavers keeps teams waiting for a minute at most', async () => {
  const world = arrange();
  const tenant = await begin(world);
  await change(tenant, world, ['Gus'], ['Hal']);
  expect(waiting((await tenant.planBoth({ peopleFirst: true })).part)).not.toEqual([]);
  await tenant.applyPlan();
  await change(tenant, world, ['Gus', 'Ivy'], ['Hal']);
  const soon = await tenant.planBoth({ peopleFirst: true });
  expect(kinds(soon.part)).toEqual(['remove']);
  expect(waiting(soon.part)).toContain('department:product');
  await tenant.applyPlan();
  tenant.passTime(1 / 50);
  await change(tenant, world, ['Gus', 'Ivy', 'Jo'], ['Hal']);
  const late = await tenant.planBoth({ peopleFirst: true });
  expect(said(late.part)).toEqual(said(late.whole));
  expect(kinds(late.part)).toContain('createTeam');
});

test('a team of which something is reported is in each plan', async () => {
  const world = arrange({ strangers: [90] });
  const tenant = await begin(world);
  await change(tenant, world, ['Gus'], ['Hal']);
  const { part, whole } = await tenant.planBoth({ peopleFirst: true });
  expect(part.findings.map(({ kind }) => kind)).toContain('member-added-by-hand');
  expect(said(part)).toEqual(said(whole));
});

test('while a change fails, nothing goes first: a plan forgets the failures of what it leaves out', async () => {
  const world = arrange();
  const tenant = await begin(world);
  await change(tenant, world, [], ['Hal']);
  await tenant.planBoth();
  await tenant.applyPlan(1);
  const failed = await loadFailures(store.database, tenant.name);
  expect(failed).not.toEqual([]);
  await change(tenant, world, ['Gus'], ['Hal']);
  const { part, whole } = await tenant.planBoth({ peopleFirst: true });
  expect(kinds(part)).toContain('remove');
  expect(said(part)).toEqual(said(whole));
  expect((await loadFailures(store.database, tenant.name)).length).toBe(failed.length);
});
