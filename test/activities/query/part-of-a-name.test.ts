/** People, teams and journal entries by a part of a name, and the journal by kind. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { journalPage } from '../../../store/journal/journal-page.ts';
import { findSubjects } from '../../../store/query/find-subject.ts';
import { person, rulesWith, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let tenant: string;

beforeAll(async () => {
  store = await openTestStore();
  const named = (id: string, name: string) =>
    person(id, { name, mail: `${id}@contoso.example`, attributes: { department: 'Design' } });
  const world = worldWith({
    rules: rulesWith({ teams: [{ kind: 'department', department: 'Design' }] }),
    directory: { people: [named('ada', 'Ada North'), named('bo', 'Bo North'), named('north', 'Cy West')] },
  });
  const arranged = await arrangeTenant(store.database, world);
  ({ tenant } = arranged);
  await arranged.cycle();
});
afterAll(() => store.close());

const found = async (text: string) => {
  const { people, teams, isWhole } = await findSubjects(store.database, tenant, text);
  return { people: people.map(({ name }) => name), teams: teams.map(({ name }) => name), isWhole };
};

test.each([
  ['ada north', { people: ['Ada North'], teams: [], isWhole: true }],
  ['NORT', { people: ['Ada North', 'Bo North', 'Cy West'], teams: [], isWhole: false }],
  ['bo@', { people: ['Bo North'], teams: [], isWhole: false }],
  ['desig', { people: [], teams: ['Design'], isWhole: false }],
  // One letter fits too many.
  ['n', { people: [], teams: [], isWhole: true }],
])('a text is a whole name, or else a part of one: %s', async (text, expected) => {
  expect(await found(text)).toEqual(expected);
});

test('the journal takes a part of a name where none is equal, and kinds', async () => {
  const kinds = async (query: Partial<Parameters<typeof journalPage>[1]>) =>
    (await journalPage(store.database, { tenant, after: 0, ...query })).items.map(
      ({ kind, subject }) => `${kind} ${subject}`,
    );
  expect(await kinds({ person: 'Bo N' })).toEqual(['invite bo@contoso.example']);
  expect(await kinds({ kinds: ['createTeam'] })).toEqual(['createTeam Design']);
  expect((await kinds({ kinds: ['invite'] })).sort()).toHaveLength(3);
  expect(await kinds({ kinds: ['remove'] })).toEqual([]);
});
