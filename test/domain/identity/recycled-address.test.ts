// The address of somebody who left may come back with the same human, or with another one.
import { describe, expect, test } from '@jest/globals';
import type { Person } from '../../../domain/people/directory.ts';
import type { PersonLink } from '../../../domain/people/link.ts';
import { namesAgree } from '../../../domain/people/names.ts';
import type { TimelyUser } from '../../../domain/timely.ts';
import { gated, labelWithHold, link, person, user, worldWith } from '../support/world.ts';

test.each([
  ['John Smith', 'SMITH, John', true],
  ['Jean-Luc Picard', 'jean luc  picard', true],
  ['Cafe\u0301 Noir', 'Café Noir', true],
  ['John Smith', 'Jane Smith', false],
  ['John Smith', 'John A. Smith', false],
  ['John John', 'John', true],
  ['李 小龍', '李小龍', false],
  ['', '', false],
  ['…', '—', false],
])('"%s" and "%s" agree: %s', (one, other, agree) => {
  expect([namesAgree(one, other), namesAgree(other, one)]).toEqual([agree, agree]);
});

const former = {
  name: 'John Smith',
  mail: 'jsmith@contoso.example',
  userPrincipalName: 'jsmith@contoso.example',
  proxyAddresses: ['SMTP:jsmith@contoso.example', 'smtp:js@contoso.example'],
  kind: 'member' as const,
};
const formerLink = link('Old', 10, { email: 'jsmith@contoso.example', former });
const account = (removed: boolean, patch: Partial<TimelyUser> = {}) =>
  user(10, 'Johnny', { email: 'jsmith@contoso.example', removed, ...patch });

const planned = (
  newcomer: Person,
  { removed = false, ...patch }: Partial<TimelyUser> = {},
  ties: PersonLink[] = [{ ...formerLink, state: removed ? 'removed' : 'present' }],
) =>
  gated(
    worldWith({
      directory: { people: [newcomer] },
      timely: { users: [account(removed, patch)] },
      personLinks: ties,
    }),
  );

const ways: [string, Partial<Person>][] = [
  ['mail', { mail: 'jsmith@contoso.example' }],
  ['sign-in name', { mail: null, userPrincipalName: 'JSmith@contoso.example' }],
  ['mail, which was an alias', { mail: 'js@contoso.example' }],
  ['alias', { proxyAddresses: ['smtp:jsmith@contoso.example'] }],
  ['alias, which was one', { proxyAddresses: ['smtp:js@contoso.example'] }],
];

describe.each(ways)('with the address of a leaver as %s', (_, patch) => {
  test.each([
    [false, 'link'],
    [true, 'reinstate'],
  ])('and the name, in any order, a person is a rehire (user removed: %s)', (removed, kind) => {
    const changes = planned(person('Joe', { ...patch, name: 'Smith, John' }), { removed });
    expect(changes.map(({ kind, hold, subject }) => [kind, hold, subject.timelyId])).toEqual([
      [kind, null, 10],
    ]);
    expect(changes[0]?.reason).toMatch(/^rehired: /);
  });

  test.each([
    [false, ['remove', 'link (identity-mismatch)']],
    [true, ['reinstate (identity-mismatch)']],
  ])('and another name, a person waits (user removed: %s)', (removed, expected) => {
    const changes = planned(person('Joe', { ...patch, name: 'Jane Smith' }), { removed });
    expect(changes.map(labelWithHold).map((label) => label.replace(/ \S+@\S+/, ''))).toEqual(expected);
    expect(changes.at(-1)?.hold?.detail).toMatch(/belonged to John Smith.* Jane Smith has the address/);
  });
});

describe('a present user without a link, whose address a person who left still has,', () => {
  const left: [string, Partial<Person>][] = [
    ['is disabled', { enabled: false, mail: 'jsmith@contoso.example' }],
    ['is out of scope', { kind: 'guest', mail: 'jsmith@contoso.example' }],
    ['has it as an alias', { enabled: false, proxyAddresses: ['smtp:jsmith@contoso.example'] }],
  ];
  const changes = (newcomer: string, patch: Partial<Person>) =>
    gated(
      worldWith({
        directory: {
          people: [
            person('Old', { name: 'John Smith', ...patch }),
            person('New', { name: newcomer, mail: 'jsmith@contoso.example' }),
          ],
        },
        timely: { users: [account(false)] },
      }),
    ).map(labelWithHold);

  test.each(left)('goes to no other human when that person %s', (_, patch) => {
    expect(changes('Jane Smith', patch)).toEqual(['link jsmith@contoso.example (identity-mismatch)']);
    expect(changes('Smith, John', patch)).toEqual(['link jsmith@contoso.example']);
    expect(changes('Johnny', patch)).toEqual(['link jsmith@contoso.example']);
  });
});

test('waits for an account that is disabled, or merely out of scope, too', () => {
  for (const left of [{ enabled: false }, { kind: 'guest' as const }]) {
    const old = person('Old', { ...left, name: 'John Smith', mail: 'jsmith@old.example' });
    const { former: _former, ...tie } = formerLink;
    const world = worldWith({
      directory: { people: [old, person('Joe', { mail: 'jsmith@contoso.example' })] },
      timely: { users: [account(true)] },
      personLinks: [{ ...tie, state: 'removed' }],
    });
    expect(gated(world).map(labelWithHold)).toEqual(['reinstate jsmith@contoso.example (identity-mismatch)']);
  }
});

describe('without a link, as in a new store', () => {
  const joe = person('Joe', { mail: 'jsmith@contoso.example' });
  test.each([
    ['a removed user of another name waits', { removed: true }, ['reinstate (identity-mismatch)']],
    ['a removed user of the same name comes back', { removed: true, name: 'JOE' }, ['reinstate']],
    ['the user of another object id waits', { externalId: 'id-ann' }, ['link (identity-mismatch)']],
    ['the user of another object id and the same name', { externalId: 'id-ann', name: 'Joe' }, ['link']],
    ['the user with a number of another system', { externalId: 'EMP-001' }, ['link']],
    ['a present user under a nickname is adopted', {}, ['link']],
  ])('%s', (_, patch, expected) => {
    const changes = planned(joe, patch, []);
    expect(changes.map(labelWithHold).map((label) => label.replace(/ \S+@\S+/, ''))).toEqual(expected);
  });

  test('compares the name that Timely accepts', () => {
    const changes = planned(
      person('R2', { name: 'R2 Smith', mail: 'jsmith@contoso.example' }),
      { removed: true, name: 'R Smith' },
      [],
    );
    expect(changes.map(({ hold }) => hold)).toEqual([null]);
  });

  test('the user of a person who is there is not theirs', () => {
    const world = worldWith({
      directory: { people: [joe, person('Ann', { mail: 'ann@contoso.example' })] },
      timely: { users: [account(false, { externalId: 'id-ann' })] },
    });
    expect(gated(world).map(labelWithHold).sort()).toEqual([
      'invite jsmith@contoso.example (already-linked)',
      'link ann@contoso.example',
    ]);
  });
});

test('an alias gives way to the person who has it as their address', () => {
  const world = worldWith({
    directory: {
      people: [
        person('Ann', { proxyAddresses: ['smtp:jsmith@contoso.example'] }),
        person('John', { name: 'John Smith', mail: 'jsmith@contoso.example' }),
      ],
    },
    timely: { users: [account(true)] },
    personLinks: [{ ...formerLink, state: 'removed' }],
  });
  expect(gated(world).map(labelWithHold).sort()).toEqual([
    'invite ann@contoso.example',
    'reinstate jsmith@contoso.example',
  ]);
});
