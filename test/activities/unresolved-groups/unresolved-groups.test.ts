/** Groups of the tenant file that protect and cannot be seen, with both simulators and a real store. each-case.long.test.ts has all. */
import { describe, expect, test } from '@jest/globals';
import { contoso, cycle, presentIn } from '../support/sandbox-cycle.ts';
import { companiesOfFile, hold, inScope, join, problemsOf, withExecutive } from './companies.ts';

const withCompany = companiesOfFile();

const excluded = contoso('Cy', 'Di', 'Ed');

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

  test('holds every invitation while it is deleted, and afterwards means the new group of its name', () =>
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
});

describe('a group of safety.sensitive.groups', () => {
  test('protects its people when it is renamed', () =>
    withCompany(async (world) => {
      await withExecutive(world);
      world.state.renameGroup('Executives', 'C-Level');
      world.state.change('Eve', { accountEnabled: false });
      const { held } = await cycle(world);
      expect([presentIn(world), held]).toEqual([inScope, hold('remove', contoso('Eve'), 'sensitive')]);
    }));
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
});

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
