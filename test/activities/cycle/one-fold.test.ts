/** Names are compared by one fold, in the plan and in the store (docs/reference/rules.md section 1.8). */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Change } from '../../../domain/plan/change.ts';
import { identify } from '../../../store/erasure/erased-person.ts';
import { journalPage } from '../../../store/journal/journal-page.ts';
import { findPeople, findTeams } from '../../../store/query/find-subject.ts';
import { findingsAbout } from '../../../store/query/why.ts';
import {
  group,
  link,
  members,
  person,
  rulesWith,
  team,
  user,
  worldWith,
} from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { editedTenant } from '../support/edited-tenant.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Changes that the next applying would carry out. */
const freeOf = (gated: readonly Pick<Change, 'kind' | 'subject' | 'hold'>[]) =>
  gated.filter(({ hold }) => hold === null).map(({ kind, subject }) => `${kind} ${subject.name}`);

test.each([
  ['begins with a dotted İ', 'İnsan Kaynakları'],
  ['ends with a no-break space', 'Staff\u00a0'],
  ['ends with a final sigma', 'ΟΔΟΣ'],
  ['has no letter of that kind', 'Staff'],
])('keeps to a bound group whose name %s when another group takes it', async (_, name) => {
  const tenant = await editedTenant(
    store.database,
    worldWith({
      rules: rulesWith({
        scope: { include: [{ group: name }], exclude: [], guests: 'exclude', guestDomains: [] },
      }),
      directory: {
        people: [person('Ada'), person('Bo'), person('Cy'), person('Dan')],
        groups: [group(name, 'group-staff'), group('Others', 'group-others')],
        memberships: [
          ...members('group-staff', 'id-ada', 'id-bo'),
          ...members('group-others', 'id-cy', 'id-dan'),
        ],
      },
      timely: { users: [user(11, 'Ada'), user(12, 'Bo')] },
      personLinks: [link('Ada', 11), link('Bo', 12)],
    }),
  );
  await tenant.planWhole();
  await tenant.renameGroup('group-staff', 'Staff of old');
  await tenant.renameGroup('group-others', name);
  const { part, whole } = await tenant.planBoth();
  expect([freeOf(part.gated), freeOf(whole.gated)]).toEqual([[], []]);
});

test.each([
  ['composed', 'Café', 'Cafe\u0301'],
  ['decomposed', 'Cafe\u0301', 'Café'],
  ['composed in Turkish', 'İnsan Kaynakları', 'I\u0307NSAN KAYNAKLARı'],
])('fits a group, a department and a team whose name is %s', async (_, ours, theirs) => {
  const world = worldWith({
    rules: rulesWith({
      scope: {
        include: [{ group: theirs }, { where: { department: [theirs] } }],
        exclude: [],
        guests: 'exclude',
        guestDomains: [],
      },
      teams: [{ kind: 'group', group: theirs }],
    }),
    directory: {
      people: [person('Ada'), person('Bo', { attributes: { department: ours } }), person('Cy')],
      groups: [group(ours, 'group-cafe')],
      memberships: members('group-cafe', 'id-ada'),
    },
    timely: { users: [user(11, 'Ada')], teams: [team(5, theirs, 11)] },
  });
  const { cycle, state } = await arrangeTenant(store.database, world);
  const { done } = await cycle();
  expect(done.filter((change) => !change.startsWith('setTeamMembers')).sort()).toEqual([
    'invite bo@contoso.example',
    'link ada@contoso.example',
  ]);
  expect(state.teams).toHaveLength(1);
});

test.each([
  ['begins with a dotted İ', 'İpek Yılmaz', 'i\u0307pek yılmaz'],
  ['is decomposed', 'Rene\u0301e', 'RENÉE'],
  ['has a no-break space at its end', 'Ana\u00a0', 'ana'],
])(
  'finds a person, their Timely user, journal entries and findings when the name %s',
  async (_, name, text) => {
    const { database } = store;
    const id = 'id-person';
    const world = worldWith({
      rules: rulesWith({ teams: [{ kind: 'department', department: name }] }),
      directory: {
        people: [person('p', { id, name, mail: 'p@contoso.example', attributes: { department: name } })],
      },
      timely: { users: [user(21, 'by hand', { name, email: 'other@contoso.example' })] },
    });
    const { tenant, cycle } = await arrangeTenant(database, world);
    const { number } = await cycle();
    const ids = (await findPeople(database, tenant, text)).map(
      ({ personId, timelyId }) => personId ?? timelyId,
    );
    expect(ids.sort()).toEqual([21, id]);
    expect((await findTeams(database, tenant, text)).map(({ source }) => source?.split(':')[0])).toEqual([
      'department',
    ]);
    const entries = (await journalPage(database, { tenant, person: text, after: 0 })).items;
    expect(entries.map(({ kind }) => kind).sort()).toEqual(['createTeam', 'invite']);
    expect((await identify(database, tenant, 'P@contoso.example ')).id).toBe(id);
    await store.database.$client.query(
      `insert into findings (tenant, cycle, position, kind, subject, subject_folded, message, since) values ($1, $2, 900, 'x', $3, $4, '', 1)`,
      [tenant, number, name, text.normalize('NFC').toLowerCase()],
    );
    expect((await findingsAbout(database, tenant, number, [name])).map(({ kind }) => kind)).toContain('x');
  },
);
