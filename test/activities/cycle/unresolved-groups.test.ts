/** Groups of the tenant file that protect and cannot be seen, with both simulators and a real store. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { createCheckActivities } from '../../../activities/check/check.ts';
import { defaultPermissions } from '../../../simulators/microsoft/directory/permissions.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import { directoryGroups, directoryMemberships } from '../../../store/schema/directory-tables.ts';
import { configurationOf, newestConfiguration } from '../../../store/tenants.ts';
import { type DirectoryReader, type DirectoryWorld, openReader } from '../support/directory-world.ts';
import { contoso, cycle, presentIn, smallCompany, withoutLimits } from '../support/sandbox-cycle.ts';

let reader: DirectoryReader;

beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader.close());

async function withCompany(
  run: (world: DirectoryWorld) => Promise<void>,
  fill?: (state: MicrosoftState) => void,
): Promise<void> {
  const world = await smallCompany(reader, fill);
  try {
    await run(world);
  } finally {
    await world.close();
  }
}

const inScope = contoso('Ada', 'Bo', 'Eve');
const excluded = contoso('Cy', 'Di', 'Ed');
const hold = (change: string, emails: string[], rule: string) =>
  emails.map((email) => `${change} ${email} ${rule}`);
const join = ({ state }: DirectoryWorld, displayName: string) =>
  state.join({ displayName, department: 'Design' });

describe('a group of scope.exclude', () => {
  test('keeps its people out when it is renamed, and lets others in', () =>
    withCompany(async (world) => {
      await cycle(world);
      expect(presentIn(world)).toEqual(inScope);
      world.state.renameGroup('Not in Timely', 'Kept out');
      join(world, 'Finn');
      for (const full of [false, true]) {
        const { held, findings } = await cycle(world, { full });
        expect(presentIn(world)).toEqual(contoso('Ada', 'Bo', 'Eve', 'Finn'));
        expect([held, findings]).toEqual([[], expect.arrayContaining(['group-renamed Not in Timely'])]);
      }
    }));

  test('holds every invitation while it is deleted, and means the one that is made anew', () =>
    withCompany(async (world) => {
      await cycle(world);
      world.state.deleteGroup('Not in Timely');
      join(world, 'Finn');
      const during = await cycle(world);
      expect([presentIn(world), during.writes]).toEqual([inScope, []]);
      expect(during.held).toEqual(hold('invite', [...excluded, ...contoso('Finn')], 'unresolved-group'));

      world.state.createGroup({ displayName: 'Not in Timely' });
      for (const name of ['Cy', 'Di', 'Ed']) world.state.addToGroup(name, 'Not in Timely');
      const after = await cycle(world);
      expect(presentIn(world)).toEqual(contoso('Ada', 'Bo', 'Eve', 'Finn'));
      expect([after.held, after.findings]).toEqual([
        [],
        expect.arrayContaining(['group-recreated Not in Timely']),
      ]);
    }));

  test.each<[string, (world: DirectoryWorld) => void]>([
    ['before it', ({ faults }) => faults.set('fewerObjects', { operation: 'groups.delta', percent: 60 })],
    ['at its end', ({ faults }) => faults.set('lastPageMissing', { operation: 'groups.delta' })],
  ])('lets nobody in while the first read of groups breaks off %s', (_, breakOff) =>
    withCompany(async (world) => {
      breakOff(world);
      const first = await cycle(world);
      expect([first.complete, presentIn(world), first.writes]).toEqual([false, [], []]);
      world.faults.clear();
      await cycle(world);
      expect(presentIn(world)).toEqual(inScope);
    }),
  );

  test('lets nobody in while a later read breaks off', () =>
    withCompany(async (world) => {
      await cycle(world);
      join(world, 'Finn');
      world.state.addToGroup('Finn', 'Not in Timely');
      world.faults.set('fewerMembers', { operation: 'groups.delta', percent: 100 });
      world.faults.set('lastPageMissing', { operation: 'groups.delta' });
      const { held, writes } = await cycle(world, { full: true });
      expect([writes, held]).toEqual([[], hold('invite', contoso('Finn'), 'incomplete-read')]);
      world.faults.clear();
      await cycle(world);
      expect(presentIn(world)).toEqual(inScope);
    }));

  test('lets nobody in while its members are hidden, and the right people once they are shown', () =>
    withCompany(
      async (world) => {
        const hidden = await cycle(world);
        expect([presentIn(world), hidden.writes, hidden.complete]).toEqual([[], [], false]);
        expect(hidden.findings).toContain('hidden-group Not in Timely');
        world.state.app.permissions.push('Member.Read.Hidden');
        await cycle(world);
        const shown = await cycle(world);
        expect([presentIn(world), shown.held, shown.complete]).toEqual([inScope, [], true]);
      },
      (state) => state.hideMembers('Not in Timely'),
    ));

  test('lets nobody in while a group in it is missing from the list, until all groups were read again', () =>
    withCompany(
      async (world) => {
        await cycle(world);
        const { database } = world.services;
        const robots = world.state.group('Robots').id;
        await database.delete(directoryGroups).where(eq(directoryGroups.id, robots));
        await database.delete(directoryMemberships).where(eq(directoryMemberships.groupId, robots));
        join(world, 'Finn');
        const { reasons, held, writes } = await cycle(world);
        expect(reasons).toEqual(['the read left out a group that is in the group "Not in Timely"']);
        expect([held, writes]).toEqual([hold('invite', contoso('Finn', 'Rob'), 'unresolved-group'), []]);
        expect((await cycle(world)).held).toEqual([]);
        expect(presentIn(world)).toEqual(contoso('Ada', 'Bo', 'Eve', 'Finn'));
        world.state.deleteGroup('Robots');
        expect(await cycle(world)).toMatchObject({ complete: true, held: [] });
        expect(presentIn(world)).toContain('rob@contoso.example');
      },
      (state) => {
        state.createGroup({ displayName: 'Robots' });
        state.nest('Robots', 'Not in Timely');
        state.join({ displayName: 'Rob', department: 'Design', groups: ['Robots'] });
      },
    ));

  test('lets nobody in while the members of a group in it are hidden', () =>
    withCompany(
      async (world) => {
        const { writes, findings } = await cycle(world);
        expect([writes, findings]).toEqual([[], expect.arrayContaining(['hidden-group Not in Timely'])]);
      },
      (state) => {
        state.createGroup({ displayName: 'Robots' });
        state.nest('Robots', 'Not in Timely');
        state.hideMembers('Robots');
      },
    ));

  test('goes on when anyone makes a second group of its name', () =>
    withCompany(async (world) => {
      await cycle(world);
      const { id } = world.state.createGroup({ displayName: 'not in timely ' });
      world.state.addToGroup('Ada', id);
      world.state.change('Bo', { accountEnabled: false });
      join(world, 'Finn');
      const { held, findings } = await cycle(world);
      expect(presentIn(world)).toEqual(contoso('Ada', 'Eve', 'Finn'));
      expect([held, findings]).toEqual([[], expect.arrayContaining(['group-name-taken Not in Timely'])]);
    }));
});

/** Eve becomes an executive after her invitation, which would need an answer. */
async function withExecutive(world: DirectoryWorld): Promise<void> {
  await cycle(world);
  world.state.addToGroup('Eve', 'Executives');
  await cycle(world);
}

describe('a group of safety.sensitive.groups', () => {
  test('protects its people when it is renamed', () =>
    withCompany(async (world) => {
      await withExecutive(world);
      world.state.renameGroup('Executives', 'C-Level');
      world.state.change('Eve', { accountEnabled: false });
      const { held } = await cycle(world);
      expect([presentIn(world), held]).toEqual([inScope, hold('remove', contoso('Eve'), 'sensitive')]);
    }));

  test.each<[string, (state: MicrosoftState) => void]>([
    ['deleted', (state) => state.deleteGroup('Executives')],
    ['hidden', (state) => state.hideMembers('Executives')],
  ])('holds every removal and role change while it is %s', (how, hide) =>
    withCompany(async (world) => {
      await withExecutive(world);
      hide(world.state);
      world.state.change('Eve', { accountEnabled: false });
      world.state.leave('Ada');
      world.state.removeFromGroup('Bo', 'Timely Managers');
      join(world, 'Finn');
      const { held, writes } = await cycle(world);
      const rule = how === 'hidden' ? 'incomplete-read' : 'unresolved-group';
      expect(held).toEqual([
        `changeRole bo@contoso.example ${rule}`,
        ...hold('remove', contoso('Ada', 'Eve'), rule),
      ]);
      // Nothing protects from an invitation here.
      expect(writes.filter((write) => !write.startsWith('teams.'))).toEqual([
        'users.invite finn@contoso.example',
      ]);
    }),
  );
});

describe('a group of scope.include', () => {
  test('keeps its people while it is deleted, and disabled people leave', () =>
    withCompany(async (world) => {
      await cycle(world);
      world.state.deleteGroup('Timely Users');
      world.state.change('Bo', { accountEnabled: false });
      const { held } = await cycle(world);
      expect([presentIn(world), held]).toEqual([
        contoso('Ada', 'Eve'),
        hold('remove', contoso('Ada', 'Eve'), 'unresolved-group'),
      ]);
    }));

  test('keeps its people, and they go in again by a group that is made anew', () =>
    withCompany(async (world) => {
      await cycle(world);
      world.state.deleteGroup('Timely Users');
      await cycle(world);
      world.state.createGroup({ displayName: 'Timely Users' });
      for (const name of ['Ada', 'Bo']) world.state.addToGroup(name, 'Timely Users');
      const { held } = await cycle(world);
      expect([presentIn(world), held]).toEqual([contoso('Ada', 'Bo'), []]);
    }));

  test('proves no departure after its permission was withdrawn, and check names the permission', () =>
    withCompany(
      async (world) => {
        world.state.app.permissions.push('Member.Read.Hidden');
        await cycle(world);
        expect(presentIn(world)).toEqual(inScope);
        expect(await problemsOf(world)).toEqual([]);

        world.state.app.permissions.pop();
        for (const full of [false, true]) {
          const { complete, reasons, writes } = await cycle(world, { full });
          expect([complete, writes]).toEqual([false, []]);
          expect(reasons.join()).toContain('"Timely Users", or of a group in it, are hidden');
          expect(presentIn(world)).toEqual(inScope);
        }
        expect(await problemsOf(world)).toEqual([
          'error Member.Read.Hidden: The group "Timely Users" has hidden membership, and the application sees no member of it.',
        ]);

        world.state.removeFromGroup('Ada', 'Timely Users');
        world.state.app.permissions.push('Member.Read.Hidden');
        await cycle(world);
        await cycle(world);
        expect(presentIn(world)).toEqual(contoso('Bo', 'Eve'));
      },
      (state) => state.hideMembers('Timely Users'),
    ));

  test('is named by check when only a group in it is hidden', () =>
    withCompany(
      async (world) => {
        expect(await problemsOf(world)).toEqual([
          'error Member.Read.Hidden: The members of the group "Timely Users", or of a group in it, are hidden from the application.',
        ]);
        await cycle(world);
        expect(await problemsOf(world)).toHaveLength(1);
      },
      (state) => {
        state.createGroup({ displayName: 'Leads' });
        state.nest('Leads', 'Timely Users');
        state.hideMembers('Leads');
      },
    ));

  test.each([
    ['ends with a no-break space', 'Gäste', 'Gäste\u00a0'],
    ['is decomposed', 'Gäste', 'Ga\u0308ste'],
    ['is composed', 'Ga\u0308ste', 'Gäste'],
  ])('is found by check when its name %s', (_, inFile, inDirectory) =>
    withCompany(
      async (world) => {
        await world.configure((text) => withoutLimits(text).replaceAll('Not in Timely', inFile));
        expect(await problemsOf(world)).toEqual([]);
      },
      (state) => state.renameGroup('Not in Timely', inDirectory),
    ),
  );

  test('is found by check under the name that it had', () =>
    withCompany(async (world) => {
      await cycle(world);
      world.state.renameGroup('Timely Users', 'Staff');
      world.state.createGroup({ displayName: 'Timely Users' });
      await cycle(world);
      expect(await problemsOf(world)).toEqual([
        expect.stringContaining('warning scope: scope.include 1 names the group "Timely Users"'),
      ]);
    }));
});

test('a role stays while its group is deleted, and falls once the file no longer names it', () =>
  withCompany(async (world) => {
    await cycle(world);
    const roleOf = () => {
      const { state } = world.sandbox.timely;
      return state.role(state.byEmail('bo@contoso.example')?.role_id ?? 0)?.name;
    };
    expect(roleOf()).toBe('manager');
    world.state.deleteGroup('Timely Managers');
    const { held } = await cycle(world);
    expect([roleOf(), held]).toEqual(['manager', hold('changeRole', contoso('Bo'), 'unresolved-group')]);
    await world.configure((text) =>
      withoutLimits(text).replace('    - { group: Timely Managers, role: manager }\n', ''),
    );
    await cycle(world);
    expect(roleOf()).toBe('employee');
  }));

test('a team keeps its members while its group is hidden, although only a pattern names it', () =>
  withCompany(
    async (world) => {
      await cycle(world);
      const members = () =>
        world.sandbox.timely.state.teams.find(({ name }) => name === 'Apollo')?.users.length;
      expect(members()).toBe(2);
      world.state.hideMembers('Timely - Apollo');
      world.state.change('Bo', { accountEnabled: false });
      const first = await cycle(world);
      const whole = await cycle(world, { full: true });
      expect([first.complete, whole.complete, first.held, whole.held]).toEqual([true, true, [], []]);
      expect([...first.writes, ...whole.writes]).toEqual(['users.remove bo@contoso.example']);
    },
    (state) => {
      state.createGroup({ displayName: 'Timely - Apollo' });
      for (const name of ['Ada', 'Bo']) state.addToGroup(name, 'Timely - Apollo');
    },
  ));

/** The lines of `check` about the directory that are not ok. */
async function problemsOf({ services, tenant }: DirectoryWorld): Promise<string[]> {
  const { database } = services;
  const { version } = (await newestConfiguration(database, tenant)) ?? { version: 0 };
  const file = await configurationOf(database, tenant, version);
  const { lines } = await createCheckActivities(services).check({ about: 'check', file });
  const ofDirectory = lines.filter(({ side, state }) => side === 'directory' && state !== 'ok');
  // The company is smaller than the one that the tenant file is about.
  const ofCompany = ['least privilege', 'departments', 'e-mail domains'];
  return ofDirectory
    .filter(
      ({ name, message }) => !ofCompany.includes(name) && !/has no person for|takes out all/.test(message),
    )
    .map(({ state, name, message }) => `${state} ${name}: ${message}`);
}

test('needs no permission but the usual ones where no group hides its members', () =>
  withCompany(async (world) => {
    expect(world.state.app.permissions).toEqual(defaultPermissions);
    const before = world.sandbox.microsoft.ledger.last;
    await cycle(world);
    const asked = world.sandbox.microsoft.ledger.entries(before).map(({ operation }) => operation);
    expect(asked.filter((operation) => operation === 'groups.members')).toEqual([]);
  }));
