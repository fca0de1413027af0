import { expect, test } from '@jest/globals';
import type { Person } from '../../../domain/people/directory.ts';
import { managerFinder } from '../../../domain/people/managers.ts';

const person = (id: string, managerId: string | null, number?: string): Person => ({
  id,
  name: id,
  userPrincipalName: `${id}@contoso.example`,
  mail: null,
  proxyAddresses: [],
  enabled: true,
  kind: 'member',
  invitation: null,
  attributes: number === undefined ? {} : { employeeNumber: number },
  managerId,
});

const managerOf = (...people: Person[]) => {
  const byId = new Map(people.map((each) => [each.id, each]));
  return managerFinder(people, (id) => byId.get(id));
};

test.each([
  ['object id', 'ada'],
  ['sign-in name', 'ADA@contoso.example'],
  ['employee number', '1000'],
])('a manager is known by %s', (_, text) => {
  expect(managerOf(person('ada', null, '1000'), person('bo', text))('bo')).toBe('ada');
});

test('an object id counts before a number that is the same', () => {
  const find = managerOf(person('7', null), person('ada', null, '7'), person('bo', '7'));
  expect(find('bo')).toBe('7');
});

test('a text that means nobody, or two people, names no manager', () => {
  const find = managerOf(
    person('ada', null, '1000'),
    person('eve', null, '1000'),
    person('bo', '1000'),
    person('cem', 'Ada Abel'),
    person('dee', null),
  );
  expect(['bo', 'cem', 'dee', 'gone'].map(find)).toEqual([null, null, null, null]);
});
