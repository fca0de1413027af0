/** Which Timely user a person gets, and who decides, as Timely and its ledger show it afterwards. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import type { Person } from '../../../domain/people/directory.ts';
import { identify } from '../../../store/erasure/erased-person.ts';
import { findPeople } from '../../../store/query/find-subject.ts';
import { storeExtras } from '../../../store/replica/replica.ts';
import { directoryMemberships } from '../../../store/schema/directory-tables.ts';
import {
  group,
  guest,
  link,
  members,
  person,
  rulesWith,
  user,
  type World,
  worldWith,
} from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { directoryEdits } from '../support/directory-edits.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** A tenant with its directory, whose cycles tell what they wrote and what they hold. */
async function arrange(world: World) {
  const arranged = await arrangeTenant(store.database, world);
  const { tenant, state, ledger } = arranged;
  const isOwn = ({ email }: { email: string }) => email.startsWith('the.');
  let seen = 0;
  return {
    ...arranged,
    directory: directoryEdits(store.database, tenant, world),
    /** Addresses of present users, without the account's own. */
    present: () => state.present.filter((one) => !isOwn(one)).map(({ email }) => email),
    async next(kind: 'full' | 'incremental' = 'incremental') {
      const { done, key } = await arranged.cycle(kind);
      const writes = ledger
        .entries()
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${method} ${path.replace(/^.*\/users\/?/, '')}`.trim());
      const fresh = writes.slice(seen);
      seen = writes.length;
      const { rows } = await store.database.$client.query<{ held: string }>(
        `select kind || ' ' || (subject ->> 'email') || ' ' || hold_rule as held from changes
        where tenant = $1 and cycle = $2 and status = 'held' order by position`,
        [tenant, key.cycle],
      );
      return { done, writes: fresh, held: rows.map(({ held }) => held), key };
    },
  };
}

const guests = {
  include: [{ everyone: true as const }],
  exclude: [],
  guests: 'include' as const,
  guestDomains: [],
};

describe('a guest', () => {
  const typed = guest('Mallory', {
    userPrincipalName: 'a_gmail.example#EXT#@contoso.example',
    mail: 'b@gmail.example',
  });
  const boss = user(12, 'Boss', { email: 'b@gmail.example', role: 'manager' });

  test('gets the user behind a typed address after approval only, and then loses it like anyone', async () => {
    const world = worldWith({
      rules: { scope: guests, roles: { default: 'employee', adopted: 'rules', rules: [] } },
      directory: { people: [typed] },
      timely: { users: [boss] },
    });
    const tenant = await arrange(world);
    const first = await tenant.next('full');
    expect([first.writes, first.held]).toEqual([
      [],
      ['link b@gmail.example identity-mismatch', 'changeRole b@gmail.example identity-mismatch'],
    ]);
    expect(await tenant.approveHeld(first.key)).toBe(1);
    expect((await tenant.next()).done).toEqual(['link b@gmail.example', 'changeRole b@gmail.example']);
    await tenant.directory.has({ ...typed, enabled: false });
    expect(await tenant.next()).toMatchObject({ writes: ['DELETE 12'], held: [] });
    expect(tenant.present()).toEqual([]);
  });

  test.each([
    ['is disabled', async ({ directory }) => directory.has({ ...typed, enabled: false })],
    ['is deleted', async ({ directory }) => directory.deletes('id-mallory')],
  ] satisfies [string, (tenant: Awaited<ReturnType<typeof arrange>>) => Promise<void>][])(
    'who was never approved takes nobody out when the guest %s',
    async (_, leaves) => {
      const world = worldWith({
        rules: { scope: guests },
        directory: { people: [typed] },
        timely: { users: [boss] },
        personLinks: [link('Mallory', 12, { email: 'b@gmail.example' })],
      });
      const tenant = await arrange(world);
      await tenant.next('full');
      await leaves(tenant);
      expect(await tenant.next()).toMatchObject({
        writes: [],
        held: ['remove b@gmail.example identity-mismatch'],
      });
      expect(tenant.present()).toEqual(['b@gmail.example']);
    },
  );
});

describe('the address of a deleted person', () => {
  const john = person('John', {
    name: 'John Smith',
    mail: 'jsmith@contoso.example',
    proxyAddresses: ['SMTP:jsmith@contoso.example', 'smtp:js@contoso.example'],
  });
  const linked = () =>
    worldWith({
      directory: { people: [john] },
      timely: { users: [user(12, 'Johnny', { email: 'jsmith@contoso.example' })] },
      personLinks: [link('John', 12, { email: 'jsmith@contoso.example' })],
    });
  const ways: [string, Partial<Person> & { mail: string }][] = [
    ['the address', { mail: 'jsmith@contoso.example' }],
    ['an alias', { mail: 'jane@contoso.example', proxyAddresses: ['smtp:js@contoso.example'] }],
  ];

  test.each(ways)('gives another human no account by %s until a person says so', async (_, patch) => {
    const tenant = await arrange(linked());
    await tenant.next('full');
    await tenant.directory.deletes('id-john');
    await tenant.directory.has(person('Jane', patch));
    const held = expect.stringMatching(/^(link|reinstate) \S+ identity-mismatch$/);
    expect(await tenant.next()).toMatchObject({ writes: ['DELETE 12'], held: [held] });
    const again = await tenant.next();
    expect(again).toMatchObject({ writes: [], held: [held] });
    expect(tenant.state.mails).toEqual([]);
    expect(await tenant.approveHeld(again.key)).toBe(1);
    expect((await tenant.next()).done).toEqual([`reinstate ${patch.mail}`]);
    expect(tenant.state.present.map(({ id }) => id)).toContain(12);
  });

  test.each(ways)('gives the same human the account back by %s', async (_, patch) => {
    const tenant = await arrange(linked());
    await tenant.next('full');
    await tenant.directory.deletes('id-john');
    expect(await tenant.next()).toMatchObject({ writes: ['DELETE 12'] });
    await tenant.directory.has(person('John Two', { ...patch, name: 'SMITH, John' }));
    expect(await tenant.next()).toMatchObject({ done: [`reinstate ${patch.mail}`], held: [] });
    expect(tenant.present()).toEqual(['jsmith@contoso.example']);
    expect(tenant.state.present.map(({ id }) => id)).toContain(12);
  });

  test('goes on to protect, and finds the person', async () => {
    const tenant = await arrange({
      ...linked(),
      rules: rulesWith({ safety: { protect: ['js@contoso.example'] } }),
    });
    await tenant.next('full');
    await tenant.directory.deletes('id-john');
    expect(await tenant.next()).toMatchObject({ writes: [], held: [] });
    expect(tenant.present()).toEqual(['jsmith@contoso.example']);
    const found = await findPeople(store.database, tenant.tenant, 'js@contoso.example');
    expect(found).toMatchObject([{ personId: 'id-john', timelyId: 12, name: 'John Smith' }]);
  });

  test('is erased with the person, but not where it is that of another by now', async () => {
    const tenant = await arrange(linked());
    await tenant.next('full');
    await tenant.directory.deletes('id-john');
    await tenant.next();
    const addresses = async () => (await identify(store.database, tenant.tenant, 'John Smith')).addresses;
    expect(await addresses()).toContain('js@contoso.example');
    await tenant.directory.has(person('Jane', { mail: 'js@contoso.example' }));
    await tenant.next();
    expect(await addresses()).not.toContain('js@contoso.example');
  });

  test('goes on to make sensitive', async () => {
    const sensitive = { ...rulesWith().safety.sensitive, emails: ['JS@contoso.example'] };
    const tenant = await arrange({ ...linked(), rules: rulesWith({ safety: { sensitive } }) });
    await tenant.next('full');
    await tenant.directory.deletes('id-john');
    expect(await tenant.next()).toMatchObject({
      writes: [],
      held: ['remove jsmith@contoso.example sensitive'],
    });
  });
});

describe('a sensitive person whose account is deleted', () => {
  const executives = {
    groups: [group('Executives'), group('Board')],
    memberships: [...members('group-executives', 'group-board'), ...members('group-board', 'id-eve')],
  };
  const sensitive = { ...rulesWith().safety.sensitive, groups: ['Executives'] };

  test.each([
    ['was in a sensitive group', executives],
    ['held a directory role', { privileged: [{ personId: 'id-eve', roles: ['Global Administrator'] }] }],
  ])('and who %s is not removed unasked', async (_, patch) => {
    const world = worldWith({
      rules: { safety: { sensitive } },
      directory: { people: [person('Eve')], groups: executives.groups, ...patch },
      timely: { users: [user(12, 'Eve')] },
      personLinks: [link('Eve', 12)],
    });
    const tenant = await arrange(world);
    await tenant.next('full');
    await tenant.directory.deletes('id-eve');
    // The directory forgets both with the account.
    await storeExtras(store.database, tenant.tenant, { privileged: [], appAssignments: [] });
    await store.database.delete(directoryMemberships).where(eq(directoryMemberships.memberId, 'id-eve'));
    for (const kind of ['incremental', 'full'] as const) {
      expect(await tenant.next(kind)).toMatchObject({
        writes: [],
        held: ['remove eve@contoso.example sensitive'],
      });
    }
    expect(tenant.present()).toEqual(['eve@contoso.example']);
  });
});

describe('a user under another address of a person', () => {
  test.each([
    ['an alias', { proxyAddresses: ['smtp:ada.old@contoso.example'] }],
    ['the sign-in name', { userPrincipalName: 'ada.old@contoso.example' }],
  ])('by %s stops the invitation, which an approval lets through', async (_, patch) => {
    const world = worldWith({
      directory: { people: [person('Ada', patch)] },
      timely: { users: [user(12, 'Ada', { email: 'ada.old@contoso.example' })] },
    });
    const tenant = await arrange(world);
    const first = await tenant.next('full');
    expect([first.writes, first.held]).toEqual([[], ['invite ada@contoso.example possible-duplicate']]);
    await tenant.approveHeld(first.key);
    expect((await tenant.next()).done).toEqual(['invite ada@contoso.example']);
    expect(tenant.present().toSorted()).toEqual(['ada.old@contoso.example', 'ada@contoso.example']);
  });

  test('by an address that the directory no longer has stops it as well', async () => {
    const excluded = { ...guests, exclude: [{ where: { department: ['Outside'] } }] };
    const outside = person('Ada', { mail: 'ada.old@contoso.example', attributes: { department: 'Outside' } });
    const world = worldWith({
      rules: { scope: excluded },
      directory: { people: [outside] },
      timely: { users: [user(12, 'Ada', { email: 'ada.old@contoso.example' })] },
    });
    const tenant = await arrange(world);
    expect(await tenant.next('full')).toMatchObject({ writes: [], held: [] });
    await tenant.directory.has(person('Ada', { attributes: { department: 'Inside' } }));
    expect(await tenant.next()).toMatchObject({
      writes: [],
      held: ['invite ada@contoso.example possible-duplicate'],
    });
  });
});

test('a person who never accepted is invited under the new address once they are removed by hand', async () => {
  const world = worldWith({
    directory: { people: [person('Ada')] },
    timely: {
      users: [user(12, 'Ada', { email: 'ada.old@contoso.example', externalId: 'id-ada', pending: true })],
    },
    personLinks: [link('Ada', 12, { email: 'ada.old@contoso.example' })],
  });
  const tenant = await arrange(world);
  expect(await tenant.next('full')).toMatchObject({ writes: [], held: [] });
  const invited = tenant.state.user(12);
  if (invited) tenant.state.remove(invited);
  const waits = await tenant.next();
  expect([waits.writes, waits.held]).toEqual([[], ['invite ada@contoso.example removed-by-hand']]);
  await tenant.approveHeld(waits.key);
  expect((await tenant.next()).done).toEqual(['invite ada@contoso.example']);
  expect([tenant.present(), tenant.state.mailsTo('ada.old@contoso.example')]).toEqual([
    ['ada@contoso.example'],
    0,
  ]);
  expect(await tenant.next('full')).toMatchObject({ writes: [], held: [] });
});
