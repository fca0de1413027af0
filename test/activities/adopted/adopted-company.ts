/**
 * A company that has used Timely for years: people by hand, teams, 12 roles. Its first preview and its first cycles
 * change no role and take no member out of a team without an answer.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TimelyTeamMember, TimelyUser } from '../../../domain/timely.ts';
import { gated, group, labelWithHold, members, person, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant, type TenantInProcess } from '../support/tenant-in-process.ts';

interface Settings {
  adopted: 'keep' | 'rules';
  manual: 'keep' | 'remove';
}

export function testAdoptedCompany({ peopleCount, teamCount }: { peopleCount: number; teamCount: number }) {
  let store: Awaited<ReturnType<typeof openTestStore>>;

  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());

  const teamSize = 25;
  /** Members of each team that are not in its group. */
  const byHand = 5;

  /** The account's own roles, beside Timely's. */
  const customRoles = [
    'Partner',
    'Principal',
    'Studio lead',
    'Controller',
    'Accountant',
    'Freelancer',
    'Intern',
    'Auditor',
  ];
  const roleNames = ['admin', 'manager', 'employee', 'team_lead', ...customRoles];
  /** The sync may not take the roles of admins and team leads for its own. */
  const roleOf = (index: number) => ['manager', 'employee', ...customRoles][index % 10] ?? 'employee';

  const nameOf = (index: number) => `Person ${letters(index)}`;
  const letters = (index: number) =>
    [...String(index).padStart(4, '0')].map((digit) => String.fromCharCode(97 + Number(digit))).join('');
  const userIdOf = (index: number) => 1_000 + index;
  const teamName = (position: number) =>
    `${position < teamCount / 2 ? 'Guild' : 'Crew'} ${letters(position)}`;
  /** The people of a team, some of whom are not in its group. */
  const inTeam = (position: number) =>
    Array.from({ length: teamSize }, (_, place) => (position * teamSize + place) % peopleCount);
  /** The people of its group: those of the team without the ones by hand, and as many more. */
  const inGroup = (position: number) => [
    ...inTeam(position).slice(byHand),
    ...Array.from({ length: byHand }, (_, place) => (position * teamSize + teamSize + place) % peopleCount),
  ];

  /** Half of the teams have a line of their own, half are found by a pattern. The managers' group has people of all roles. */
  function company({ adopted, manual }: Settings) {
    const people = Array.from({ length: peopleCount }, (_, index) => person(nameOf(index)));
    const users = people.map(
      ({ name }, index): TimelyUser => user(userIdOf(index), name, { role: roleOf(index) }),
    );
    const managers = group('Timely Managers');
    const groups = Array.from({ length: teamCount }, (_, position) => group(teamName(position)));
    const idOf = (index: number) => people[index]?.id ?? '';
    const member = (index: number, place: number): TimelyTeamMember => ({
      userId: userIdOf(index),
      lead: place === byHand,
      hideHours: place === byHand + 1,
    });
    return worldWith({
      rules: {
        roles: {
          default: 'employee',
          adopted,
          rules: [{ group: managers.name, role: 'manager' }],
        },
        teams: [
          ...groups.slice(0, teamCount / 2).map(({ name }) => ({ kind: 'group' as const, group: name })),
          { kind: 'groupsNamed', pattern: 'Crew *' },
        ],
        teamMembers: { manual, leads: 'keep', projects: { grantOnJoin: false, revokeOnLeave: true } },
        safety: {
          removals: { max: 10, percent: 10, windowDays: 7 },
          roleChanges: { max: 20, percent: 10, windowDays: 7 },
          firstCycle: { removals: 'hold' },
        },
      },
      directory: {
        people,
        groups: [managers, ...groups],
        memberships: [
          ...members(managers.id, ...people.slice(0, 100).map(({ id }) => id)),
          ...groups.flatMap(({ id }, position) => members(id, ...inGroup(position).map(idOf))),
        ],
      },
      timely: {
        users,
        roles: roleNames.map((name, index) => ({ id: 300 + index, name })),
        teams: groups.map(({ name }, position) => ({
          id: 50 + position,
          name,
          members: inTeam(position).map(member),
        })),
      },
    });
  }

  async function arrange(settings: Settings) {
    const tenant = await arrangeTenant(store.database, company(settings), 200);
    Object.assign(tenant.file.safety.firstCycle, { removals: 'hold' });
    return tenant;
  }

  const rolesOf = ({ state }: TenantInProcess) =>
    state.present.map(({ email, role_id }) => `${email}: ${state.role(role_id)?.name}`).sort();

  /** Members of teams, with their flags. */
  const membersOf = ({ state }: TenantInProcess) =>
    state.teams.flatMap(({ id, users }) =>
      users.map(({ user_id, lead, hide_hours }) => `${id}: ${user_id} ${lead} ${hide_hours}`),
    );

  /** What was there before and no longer is; what is new does not matter. */
  function missing(now: string[], before: string[]): string[] {
    const known = new Set(now);
    return before.filter((each) => !known.has(each));
  }

  /** Enough to see what is wrong. */
  const firstOf = (lines: string[]) => lines.slice(0, 5);

  const settings: Settings[] = [
    { adopted: 'keep', manual: 'keep' },
    { adopted: 'keep', manual: 'remove' },
    { adopted: 'rules', manual: 'keep' },
    { adopted: 'rules', manual: 'remove' },
  ];

  describe.each(settings)('with roles.adopted $adopted and teamMembers.manual $manual', (given) => {
    test('a first preview plans no lower or higher role and no removal without an answer', () => {
      const unheld = gated(company(given), { firstCycle: true }).filter(
        ({ hold, refusal }) => !hold && !refusal,
      );
      const kinds = new Set(unheld.map(({ kind }) => kind));
      expect([...kinds].filter((kind) => !['link', 'setTeamMembers'].includes(kind))).toEqual([]);
      const takingOut = unheld.filter(
        ({ kind, reason }) => kind === 'setTeamMembers' && /takes out/.test(reason),
      );
      expect(firstOf(takingOut.map(labelWithHold))).toEqual([]);
    });

    test('two cycles keep each role and each member, and remove no user', async () => {
      const tenant = await arrange(given);
      const roles = rolesOf(tenant);
      const before = membersOf(tenant);
      for (const kind of ['full', 'incremental'] as const) {
        const { done, failed } = await tenant.cycle(kind);
        expect(failed).toEqual([]);
        expect(firstOf(done.filter((line) => /^(changeRole|remove|retireTeam) /.test(line)))).toEqual([]);
        expect(firstOf(missing(rolesOf(tenant), roles))).toEqual([]);
        expect(firstOf(missing(membersOf(tenant), before))).toEqual([]);
      }
      const removals = tenant.ledger.entries().filter(({ method }) => method === 'DELETE');
      expect(removals).toEqual([]);
    }, 240_000);
  });
}
