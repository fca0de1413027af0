/** An incremental cycle plans the dirty subjects only, with the result of a whole plan. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { GatedPlan } from '../../../activities/cycle/plan-tenant.ts';
import { arbitraryWorldOfAnyOwner } from '../../domain/support/arbitrary-world.ts';
import { link, members, person, team, user, type World, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { type EditedTenant, editedTenant } from '../support/edited-tenant.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** People who are settled from the start, in departments and groups that others come into and leave. */
const settled = ['Gus', 'Hal', 'Ivy', 'Jo', 'Kit'];

function withSettled(world: World): World {
  const { directory, timely } = world;
  const people = settled.map((name, index) =>
    person(name, { attributes: { department: ['Design', 'Law', 'design'][index % 3] ?? '' } }),
  );
  const ids = people.map(({ id }) => id);
  return {
    ...world,
    directory: {
      ...directory,
      complete: true,
      people: [...directory.people, ...people],
      memberships: [
        ...directory.memberships,
        ...members('group-users', ...ids),
        ...members('group-guild', ...ids.slice(2)),
      ],
    },
    timely: {
      ...timely,
      complete: true,
      users: [...timely.users, ...settled.map((name, index) => user(30 + index, name))],
    },
    personLinks: [...world.personLinks, ...settled.map((name, index) => link(name, 30 + index))],
  };
}

const limits = fc.record({
  removals: fc.constantFrom(1, 2, 1_000),
  invitations: fc.constantFrom(1, 3, 1_000),
});

/** Mostly of a kind that can be planned in parts. */
const worlds = fc
  .record({
    world: arbitraryWorldOfAnyOwner,
    leads: fc.constantFrom('keep', 'keep', 'keep', 'managers'),
    limits,
  })
  .map(({ world, leads, limits: { removals, invitations } }) =>
    withSettled({
      ...world,
      rules: {
        ...world.rules,
        teamMembers: { ...world.rules.teamMembers, leads },
        safety: {
          ...world.rules.safety,
          removals: { ...world.rules.safety.removals, max: removals },
          invitations: { max: invitations },
        },
      },
    }),
  );

const edit = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('directory' as const), world: worlds, places: fc.nat() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('timely' as const), world: worlds, places: fc.nat() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('apply' as const), failing: fc.integer({ min: 2, max: 9 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      every: fc.constantFrom(1, 2, 3),
      decision: fc.constantFrom('approve' as const, 'reject' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rename' as const),
      group: fc.constantFrom('group-users', 'group-guild', 'group-admins', 'group-board'),
      name: fc.constantFrom('Users', 'Guild', 'Board', 'Elsewhere'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('time' as const), hours: fc.constantFrom(1, 20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('undo' as const), failing: fc.integer({ min: 2, max: 9 }) }),
  },
);

const steps = fc.array(fc.record({ step: edit, peopleFirst: fc.boolean() }), { minLength: 1, maxLength: 6 });

/** Chooses about a third of all ids, always the same for the same number. */
const chosenBy = (places: number) => (id: string) =>
  [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, places % 997) % 3 === 0;

async function carryOut(
  tenant: EditedTenant,
  step: typeof edit extends fc.Arbitrary<infer Edit> ? Edit : never,
) {
  switch (step.kind) {
    case 'directory':
      return await tenant.directoryBecomes(step.world.directory, chosenBy(step.places));
    case 'timely':
      return await tenant.timelyShows(
        step.world.timely.users.filter(({ id }) => chosenBy(step.places)(`user ${id}`)),
      );
    case 'apply':
      return await tenant.applyPlan(step.failing);
    case 'decide':
      return await tenant.decide(step.every, step.decision);
    case 'rename':
      return await tenant.renameGroup(step.group, step.name);
    case 'time':
      return tenant.passTime(step.hours);
    case 'undo':
      return await tenant.undo(step.failing);
  }
}

/** Findings and changes, and how many people have nothing to be done. */
const said = ({ gated, findings, linkUpdates, teamLinkUpdates, unchanged, partial }: GatedPlan) => ({
  gated,
  findings,
  linkUpdates,
  teamLinkUpdates,
  unchanged: unchanged + (partial?.othersInScope ?? 0),
});

const concernsTeam = (kind: string) => /^(team|member)-/.test(kind);

/** What a plan says of people; of teams it says only which it leaves to a later plan. */
function expectPeopleOf(part: GatedPlan, whole: GatedPlan, left: readonly string[]) {
  const ofPeople = (plan: GatedPlan) => ({
    gated: plan.gated.filter(({ subject }) => subject.type === 'person'),
    findings: plan.findings.filter(({ kind }) => !concernsTeam(kind)),
    linkUpdates: plan.linkUpdates,
    unchanged: plan.unchanged + (plan.partial?.othersInScope ?? 0),
  });
  expect(ofPeople(part)).toEqual(ofPeople(whole));
  expect(part.gated).toEqual(ofPeople(part).gated);
  const sources = whole.gated.flatMap(({ subject }) => (subject.type === 'team' ? [subject.source] : []));
  expect(sources.filter((source) => !left.includes(source))).toEqual([]);
}

const runs = propertyRuns(6);

test(
  'plans dirty subjects as a whole plan would',
  async () => {
    const planned = { parts: 0, wholes: 0 };
    const sizes: number[] = [];
    await fc.assert(
      fc.asyncProperty(worlds, steps, async (world, edits) => {
        const tenant = await editedTenant(store.database, world);
        await tenant.planWhole();
        for (const { step, peopleFirst } of edits) {
          await carryOut(tenant, step);
          const { part, whole, storedVerdicts } = await tenant.planBoth({ peopleFirst });
          const { teamsLater } = part.baseline ?? {};
          if (teamsLater) expectPeopleOf(part, whole, teamsLater.sources);
          else expect(said(part)).toEqual(said(whole));
          const verdicts = whole.verdicts.map(({ personId, inScope, reason }) => ({
            person_id: personId,
            in_scope: inScope,
            reason,
          }));
          expect(storedVerdicts).toEqual(verdicts);
          planned[part.partial ? 'parts' : 'wholes'] += 1;
          if (part.partial) sizes.push(whole.verdicts.length - part.verdicts.length);
        }
      }),
      { numRuns: runs },
    );
    // Both kinds of plans came up, and the partial ones were partial.
    expect(planned.parts).toBeGreaterThan(planned.wholes / 3);
    expect(sizes.filter((leftOut) => leftOut > 0).length).toBeGreaterThan(sizes.length / 4);
  },
  Math.max(120_000, runs * 8_000),
);

test('passes the team of a renamed department on in a partial plan, as a whole plan would', async () => {
  const inDepartment = (department: string) =>
    settled.map((name) => person(name, { attributes: { department } }));
  const world = worldWith({
    rules: { teams: [{ kind: 'department', department: '*' }] },
    directory: { people: [...inDepartment('Design'), person('Ada')] },
    timely: {
      users: settled.map((name, index) => user(30 + index, name)),
      teams: [team(50, 'Design', ...settled.map((_, index) => 30 + index))],
    },
    personLinks: settled.map((name, index) => link(name, 30 + index)),
    teamLinks: [
      {
        source: 'department:design',
        timelyId: 50,
        origin: 'created',
        name: 'Design',
        personIds: settled.map((name) => `id-${name.toLowerCase()}`),
      },
    ],
  });
  const tenant = await editedTenant(store.database, world);
  await tenant.planWhole();
  const moved = { ...world.directory, people: [...inDepartment('Product'), person('Ada')] };
  await tenant.directoryBecomes(moved, (id) => id !== 'id-ada');
  const { part, whole } = await tenant.planBoth();
  expect(part.partial).not.toBeNull();
  expect(said(part)).toEqual(said(whole));
  expect(part.teamLinkUpdates.map(({ link: { source, timelyId } }) => `${source} ${timelyId}`)).toEqual([
    'department:product 50',
  ]);
  expect(part.gated.map(({ kind }) => kind)).toContain('renameTeam');
});
