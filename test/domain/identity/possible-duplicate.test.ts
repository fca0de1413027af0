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
