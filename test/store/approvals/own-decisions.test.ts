/** Nobody decides about themselves, under any of their addresses, and one person counts once. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withFoldedFacts } from '../../../store/replica/staged-entries.ts';
import { directoryPeople } from '../../../store/schema/directory-tables.ts';
import { personLinks } from '../../../store/schema/link-tables.ts';
import { timelyUsers, userFolds } from '../../../store/schema/timely-tables.ts';
import { user } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { held, tenantThatHolds } from './held-changes.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Ada has several addresses and another one in Timely; Guy is a guest, and Gus has left the directory. */
async function company(...changes: Parameters<typeof tenantThatHolds>[1][]) {
  const made = await tenantThatHolds(store.database, ...changes);
  const { tenant } = made;
  const facts = [
    [
      'ada',
      {
        mail: 'ada@contoso.example',
        userPrincipalName: 'a.roth@contoso.example',
        proxyAddresses: ['SMTP:ada@contoso.example', 'smtp:ada.roth@münchen.example', 'SIP:ada@sip.example'],
      },
    ],
    [
      'guy',
      {
        mail: 'guy@contoso.example',
        userPrincipalName: 'guy_partner.example#EXT#@contoso.example',
        proxyAddresses: [],
      },
    ],
    [
      'bob',
      {
        mail: 'bob@contoso.example',
        userPrincipalName: 'bob@contoso.example',
        proxyAddresses: ['smtp:robert@contoso.example'],
      },
    ],
    [
      'may',
      {
        mail: "may.o'brien@contoso.example",
        userPrincipalName: 'may@contoso.example',
        proxyAddresses: ['smtp:may+work@private.example'],
      },
    ],
  ] as const;
  for (const [id, own] of facts)
    await store.database
      .insert(directoryPeople)
      .values({ tenant, id, facts: withFoldedFacts({ name: id, ...own }) });
  const users = [
    user(7, 'Ada', { email: 'Ada@Hours.example' }),
    user(8, 'Gus', { email: 'gus@hours.example' }),
  ];
  for (const each of users)
    await store.database.insert(timelyUsers).values({ tenant, ...each, ...userFolds(each), seenIn: 1 });
  const link = { tenant, state: 'present' as const, role: null };
  await store.database.insert(personLinks).values([
    { ...link, personId: 'ada', timelyId: 7, email: 'ada@contoso.example' },
    { ...link, personId: 'gus', timelyId: 8, email: 'gus@old.example' },
  ]);
  return made;
}

const refusal = 'may not decide about themselves';

describe.each(['approve', 'reject'] as const)('%s', (decision) => {
  test.each([
    'ada@contoso.example',
    ' ADA@Contoso.example ',
    'a.roth@contoso.example',
    'ada.roth@xn--mnchen-3ya.example',
    'ada.roth@MÜNCHEN.example',
    'ada@sip.example',
    'ada@hours.example',
    'Ada Roth <a.roth@contoso.example>',
    'ada+sync@contoso.example',
    'ada+1@hours.example',
  ])('is refused about oneself as %s', async (by) => {
    const { decide, approvals } = await company(held('grants-admin', 'ada'));
    await expect(decide({ number: 1, by, decision })).rejects.toThrow(refusal);
    expect(await approvals(true)).toMatchObject([{ state: 'open' }]);
  });
});

test.each([
  ['guy', 'guy@partner.example'],
  ['gus', 'gus@hours.example'],
  ['gus', 'gus@old.example'],
  ['may', "May.O'Brien@contoso.example"],
  ['may', "'may.o'brien@contoso.example'"],
  ['may', 'may@private.example'],
])('is refused about %s as %s', async (name, by) => {
  const { decide } = await company(held('grants-admin', name));
  await expect(decide({ number: 1, by })).rejects.toThrow(refusal);
});

test('decides about all others, and leaves out the part about the decider', async () => {
  const names = ['ada', 'bob', 'guy'];
  const { decide, state } = await company(...names.map((name) => held('too-many-invitations', name)));
  const recorded = await decide({ number: 1, by: 'a.roth@contoso.example' });
  expect(recorded).toEqual({ state: 'open', decided: 2, pending: 0, stale: 0, undecided: 1, own: 1 });
  expect([...(await state()).approved.keys()]).toEqual(['invite bob', 'invite guy']);
  await expect(decide({ number: 1, by: 'ada@contoso.example' })).rejects.toThrow(refusal);
  expect(await decide({ number: 1, by: 'bob@contoso.example' })).toMatchObject({ state: 'approved' });
});

test('lets a person of a similar address, or without one, decide', async () => {
  const { decide } = await company(held('grants-admin', 'ada'), held('grants-admin', 'bob'));
  expect(await decide({ number: 1, by: 'bob@contoso.example' })).toMatchObject({ decided: 1 });
  expect(await decide({ number: 2, by: 'it-lead' })).toMatchObject({ decided: 1 });
});

test("takes no part of an address for another person's", async () => {
  const { decide } = await company(held('grants-admin', 'brien'));
  expect(await decide({ number: 1, by: "may.o'brien@contoso.example" })).toMatchObject({ decided: 1 });
});

test.each([
  ["may.o'brien@contoso.example", 'may@private.example'],
  ['may@private.example', 'may@contoso.example'],
  ['a.roth@contoso.example', 'ada@hours.example'],
  ['ada@hours.example', 'ada@sip.example'],
])('counts %s and %s once, in any order', async (first, second) => {
  const { decide } = await company(held('grants-admin', 'bob'));
  const two = { number: 1, approversNeeded: 2 };
  expect(await decide({ ...two, by: first })).toMatchObject({ pending: 1 });
  await expect(decide({ ...two, by: second })).rejects.toThrow('already');
});

test('counts one person with two addresses once when several must approve', async () => {
  const { decide } = await company(held('grants-admin', 'ada'));
  const two = { number: 1, approversNeeded: 2 };
  expect(await decide({ ...two, by: 'bob@contoso.example' })).toMatchObject({ state: 'open', pending: 1 });
  for (const by of ['Bob <robert@contoso.example>', 'bob+2@contoso.example', 'ROBERT+x@contoso.example'])
    await expect(decide({ ...two, by })).rejects.toThrow('already');
  expect(await decide({ ...two, by: 'guy@contoso.example' })).toMatchObject({ state: 'approved' });
});
