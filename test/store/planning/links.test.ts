// Links are written for several people at once. A user has one link; replaced links are returned by person.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { linkPeople, loadPersonLinks, type NewLink } from '../../../store/planning/links.ts';
import { linkTeam, loadTeamLinks } from '../../../store/planning/team-links.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const person = (name: string, timelyId: number): NewLink => ({
  personId: name,
  timelyId,
  email: `${name}@Contoso.example`,
  role: 'employee',
});

async function dirtyPeople(tenant: string): Promise<string[]> {
  const { rows } = await store.database.$client.query<{ key: string }>(
    "select distinct key from dirty_subjects where tenant = $1 and kind = 'person' order by key",
    [tenant],
  );
  return rows.map(({ key }) => key);
}

test('links several people at once by lower-case addresses, and marks each dirty', async () => {
  const { database } = store;
  const replaced = await linkPeople(database, 'new', [person('ada', 1), person('bo', 2), person('cy', 3)]);
  const links = await loadPersonLinks(database, 'new');
  expect(links.map(({ personId, timelyId, email, state }) => [personId, timelyId, email, state])).toEqual([
    ['ada', 1, 'ada@contoso.example', 'present'],
    ['bo', 2, 'bo@contoso.example', 'present'],
    ['cy', 3, 'cy@contoso.example', 'present'],
  ]);
  expect([...replaced.values()].flat()).toEqual([]);
  expect(await dirtyPeople('new')).toEqual(['ada', 'bo', 'cy']);
});

test('replaces the links of a rehire and of a person with a new user, and returns both by person', async () => {
  const { database } = store;
  await linkPeople(database, 'again', [person('ada-before', 1), person('bo', 2), person('cy', 3)]);
  await linkTeam(database, 'again', {
    source: 'group:g',
    timelyId: 9,
    origin: 'created',
    name: 'Design',
    personIds: ['ada-before', 'cy'],
  });
  const replaced = await linkPeople(database, 'again', [person('ada', 1), person('bo', 22), person('cy', 3)]);
  const state = 'present';
  expect(Object.fromEntries(replaced)).toEqual({
    ada: [{ personId: 'ada-before', timelyId: 1, email: 'ada-before@contoso.example', state }],
    bo: [{ personId: 'bo', timelyId: 2, email: 'bo@contoso.example', state }],
    cy: [],
  });
  const links = await loadPersonLinks(database, 'again');
  expect(links.map(({ personId, timelyId }) => [personId, timelyId]).sort()).toEqual([
    ['ada', 1],
    ['bo', 22],
    ['cy', 3],
  ]);
  const [team] = await loadTeamLinks(database, 'again');
  expect(team?.personIds.toSorted()).toEqual(['ada', 'cy']);
  expect(await dirtyPeople('again')).toEqual(['ada', 'ada-before', 'bo', 'cy']);
});
