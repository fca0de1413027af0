/** More ways in which a group of the tenant file that protects cannot be seen. */
import { describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { defaultPermissions } from '../../../simulators/microsoft/directory/permissions.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import { directoryGroups, directoryMemberships } from '../../../store/schema/directory-tables.ts';
import type { DirectoryWorld } from '../support/directory-world.ts';
import { contoso, cycle, presentIn, withoutLimits } from '../support/sandbox-cycle.ts';
import { companiesOfFile, hold, inScope, join, problemsOf, withExecutive } from './companies.ts';

const withCompany = companiesOfFile();

describe('a group of scope.exclude', () => {
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

describe('a group of safety.sensitive.groups', () => {
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

test('needs no permission but the usual ones where no group hides its members', () =>
  withCompany(async (world) => {
    expect(world.state.app.permissions).toEqual(defaultPermissions);
    const before = world.sandbox.microsoft.ledger.last;
    await cycle(world);
    const asked = world.sandbox.microsoft.ledger.entries(before).map(({ operation }) => operation);
    expect(asked.filter((operation) => operation === 'groups.members')).toEqual([]);
  }));
