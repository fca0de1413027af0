// A person whom Timely knows under another of their addresses gets no second account unasked.
import { describe, expect, test } from '@jest/globals';
import type { Person } from '../../../domain/people/directory.ts';
import type { TimelyUser } from '../../../domain/timely.ts';
import { gated, labelWithHold, link, person, planOf, user, worldWith } from '../support/world.ts';

const held = ['invite ada@contoso.example (possible-duplicate)'];
const free = ['invite ada@contoso.example'];

function worldOf(ada: Partial<Person>, users: TimelyUser[], others: Person[] = []) {
  return worldWith({ directory: { people: [person('Ada', ada), ...others] }, timely: { users } });
}
const inTimely = (patch: Partial<TimelyUser> = {}) =>
  user(10, 'A. Example', { email: 'Ada.Old@contoso.example', ...patch });

describe('an invitation waits while a present user has', () => {
  test.each([
    ['a secondary proxy address', { proxyAddresses: ['smtp:ada.old@contoso.example'] }],
    ['the sign-in name', { userPrincipalName: 'ada.old@contoso.example' }],
    ['the primary proxy address beside mail', { proxyAddresses: ['SMTP:ada.old@contoso.example'] }],
    ['a former address', { formerAddresses: ['smtp:x@y.example', 'ada.old@contoso.example'] }],
  ])('%s', (_, patch) => {
    expect(gated(worldOf(patch, [inTimely()])).map(labelWithHold)).toEqual(held);
  });
});

const alias = { proxyAddresses: ['smtp:ada.old@contoso.example'] };

describe('an account that belonged to somebody who left, under an alias of the person', () => {
  const account = inTimely({ externalId: 'id-old' });

  test.each([
    ['is deleted', []],
    ['is disabled', [person('Old', { enabled: false, mail: 'old@contoso.example' })]],
  ])('stops the invitation when the owner %s', (_, others) => {
    const changes = gated(worldOf(alias, [account], others)).map(labelWithHold);
    expect(changes.filter((label) => label.startsWith('invite'))).toEqual(held);
  });

  test('does not stop it while the owner is there', () => {
    const old = person('Old', { mail: 'old@contoso.example' });
    expect(gated(worldOf(alias, [account], [old])).map(labelWithHold)).toEqual([
      ...free,
      'link old@contoso.example',
    ]);
  });
});

test('a removed user is not taken back while a present one has another address of the person', () => {
  const removed = user(11, 'Ada', { removed: true });
  const world = worldOf(alias, [removed, inTimely()], [person('Bo')]);
  expect(gated(world).map(labelWithHold)).toEqual([
    'reinstate ada@contoso.example (possible-duplicate)',
    'invite bo@contoso.example',
  ]);
});

describe('an invitation does not wait', () => {
  test.each([
    ['for a removed user', [inTimely({ removed: true })]],
    ['for an address that only looks like theirs', [inTimely({ email: '\u212ada.old@contoso.example' })]],
    ['for the address of another', [inTimely({ email: 'else@contoso.example' })]],
  ])('%s', (_, users) => {
    expect(gated(worldOf(alias, users)).map(labelWithHold)).toEqual(free);
  });

  test('for a user who is linked to another person', () => {
    const world = worldOf(alias, [inTimely()], [person('Bo')]);
    expect(gated({ ...world, personLinks: [link('Bo', 10)] }).map(labelWithHold)).toEqual(free);
  });

  test('for a user whom another person gets by the address', () => {
    const bo = person('Bo', { mail: 'ada.old@contoso.example' });
    expect(gated(worldOf(alias, [inTimely()], [bo])).map(labelWithHold)).toEqual([
      'link ada.old@contoso.example',
      ...free,
    ]);
  });
});

test('an approval invites a second account, and the hold names the user and both ways out', () => {
  const world = worldOf(alias, [inTimely()]);
  const [change] = gated(world);
  expect(change?.hold?.detail).toMatch(
    /^Timely has A\. Example \(Ada\.Old@contoso\.example, user 10\).*timely-sync link <tenant> id-ada 10.*approve/,
  );
  const approved = new Set(planOf(world).changes.map(({ fingerprint }) => fingerprint));
  expect(gated(world, { approved }).map(labelWithHold)).toEqual(free);
});

test('two people with one alias both wait', () => {
  const world = worldOf(alias, [inTimely()], [person('Bo', alias)]);
  expect(gated(world).map(labelWithHold)).toEqual([
    ...held,
    'invite bo@contoso.example (possible-duplicate)',
  ]);
});
