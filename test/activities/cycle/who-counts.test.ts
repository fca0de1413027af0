/** Who is invited, and under which address, as the requests to Timely show it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findingsPage } from '../../../store/query/cycle-reports.ts';
import { guest, link, person, rulesWith, user, type World, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** The account's own users match nobody, and each report counts the seats. */
const isUsual = /^seats |^unmanaged the\./;

/** One cycle: the addresses that are in Timely afterwards, the requests that wrote, and the findings. */
async function cycleOf(world: World) {
  const { tenant, cycle, state, ledger } = await arrangeTenant(store.database, world);
  const { number } = await cycle();
  const { items } = await findingsPage(store.database, tenant, number, 0, 100);
  return {
    present: state.present.map(({ email }) => email).filter((email) => !email.startsWith('the.')),
    findings: items.map(({ kind, subject }) => `${kind} ${subject}`).filter((each) => !isUsual.test(each)),
    writes: ledger.entries().filter(({ method }) => method !== 'GET').length,
  };
}

const everyone = {
  include: [{ everyone: true as const }],
  exclude: [],
  guests: 'include' as const,
  guestDomains: [],
};

test('invites guests who never had an invitation, but neither pending guests nor AI agents', async () => {
  const people = [
    guest('Bo', { invitation: null }),
    person('Cy', { kind: 'guest' }),
    guest('Di', { invitation: 'pending' }),
    person('Planner', { isAgent: true }),
    guest('Helper', { isAgent: true }),
  ];
  const { present, writes } = await cycleOf(worldWith({ rules: { scope: everyone }, directory: { people } }));
  expect(present.toSorted()).toEqual(['bo@partner.example', 'cy@contoso.example']);
  expect(writes).toBe(2);
});

test('invites under the ASCII form of an international domain, and tells when mail is not usable', async () => {
  const people = [
    person('Ada', { mail: 'ada@münchen.example' }),
    person('Bea', { mail: 'bea@firma.xn--p1ai' }),
    person('Kim', { mail: '\u212aim@contoso.example', proxyAddresses: ['SMTP:kim.first@contoso.example'] }),
    person('Lou', { mail: 'lou\u200b@contoso.example' }),
    person('Max', { mail: 'm\u00adax@contoso.example', userPrincipalName: 'max' }),
  ];
  const { present, findings, writes } = await cycleOf(worldWith({ directory: { people } }));
  expect(present.toSorted()).toEqual([
    'ada@xn--mnchen-3ya.example',
    'bea@firma.xn--p1ai',
    'kim.first@contoso.example',
    'lou@contoso.example',
  ]);
  expect(writes).toBe(4);
  expect(findings).toEqual([
    'email-fallback kim.first@contoso.example',
    'email-fallback lou@contoso.example',
    'no-email max',
  ]);
});

test('adopts no other person by an address that only looks like theirs', async () => {
  const world = worldWith({
    directory: {
      people: [
        person('Kim', { mail: '\u212aim@contoso.example', userPrincipalName: 'kim.new@contoso.example' }),
      ],
    },
    timely: { users: [user(12, 'Kim', { role: 'manager' })] },
  });
  const { present, findings } = await cycleOf(world);
  expect(present.toSorted()).toEqual(['kim.new@contoso.example', 'kim@contoso.example']);
  expect(findings).toContain('email-fallback kim.new@contoso.example');
  expect(findings).toContain('unmanaged kim@contoso.example');
});

const aliases = ['SMTP:robot@contoso.example', 'smtp:payroll@contoso.example'];

test('keeps out a person by any of their addresses, and tells which listed address nobody has', async () => {
  const people = [
    person('Robot', { proxyAddresses: aliases }),
    person('Kiosk', { mail: 'desk@contoso.example', userPrincipalName: 'kiosk@contoso.example' }),
    guest('Bo', { mail: 'bo@elsewhere.example' }),
    person('Ada'),
  ];
  const email = [
    'PAYROLL@contoso.example',
    'kiosk@contoso.example',
    'bo@partner.example',
    'robbot@contoso.example',
  ];
  const scope = { ...everyone, exclude: [{ email }] };
  const { present, findings, writes } = await cycleOf(worldWith({ rules: { scope }, directory: { people } }));
  expect([present, writes]).toEqual([['ada@contoso.example'], 1]);
  expect(findings).toEqual(['rule-matches-nobody scope.exclude 1 email 4']);
});

test('takes out a person whom a line keeps out by their address in Timely', async () => {
  const world = worldWith({
    rules: { scope: { ...everyone, exclude: [{ email: ['mascot@contoso.example'] }] } },
    directory: { people: [person('Robot')] },
    timely: { users: [user(12, 'Robot', { email: 'mascot@contoso.example' })] },
    personLinks: [link('Robot', 12)],
  });
  const { present, writes } = await cycleOf(world);
  expect([present, writes]).toEqual([[], 1]);
});

test('protects a leaver by any of their addresses, and the account of nobody in the directory counts', async () => {
  const safety = {
    protect: ['boss.alias@contoso.example', 'the.owner@contoso.example', 'nobody@contoso.example'],
    sensitive: {
      ...rulesWith().safety.sensitive,
      emails: ['cfo.alias@contoso.example', 'no.one@contoso.example'],
    },
  };
  const gone = { enabled: false };
  const world = worldWith({
    rules: { safety },
    directory: {
      people: [
        person('Boss', { ...gone, proxyAddresses: ['smtp:boss.alias@contoso.example'] }),
        person('Cfo', { ...gone, userPrincipalName: 'cfo.alias@contoso.example' }),
        person('Eve', gone),
      ],
    },
    timely: { users: [user(12, 'Boss'), user(13, 'Cfo'), user(14, 'Eve')] },
    personLinks: [link('Boss', 12), link('Cfo', 13), link('Eve', 14)],
  });
  const { present, findings, writes } = await cycleOf(world);
  expect([present.toSorted(), writes]).toEqual([['boss@contoso.example', 'cfo@contoso.example'], 1]);
  expect(findings).toEqual([
    'rule-matches-nobody safety.protect 3',
    'rule-matches-nobody safety.sensitive.emails 2',
    'refused boss@contoso.example',
  ]);
});

test('invites by an extension attribute and by a directory extension, and keeps out by them', async () => {
  const extension = 'extension_8f0c2a4e111122223333444455556666_costCentre';
  const people = [
    person('Ada', { attributes: { extensionAttribute1: 'Timely' } }),
    person('Bea', { attributes: { [extension]: '4711' } }),
    person('Cy', { attributes: { extensionAttribute1: 'Timely', extensionAttribute15: 'Never' } }),
    person('Di'),
  ];
  const scope = {
    include: [
      { where: { ExtensionAttribute1: ['timely'] } },
      { where: { 'extension_8f0c2a4e-1111-2222-3333-444455556666_costCentre': ['4711'] } },
    ],
    exclude: [{ where: { 'onPremisesExtensionAttributes.extensionAttribute15': ['never'] } }],
    guests: 'exclude' as const,
    guestDomains: [],
  };
  const { present, findings, writes } = await cycleOf(worldWith({ rules: { scope }, directory: { people } }));
  expect([present.toSorted(), findings, writes]).toEqual([
    ['ada@contoso.example', 'bea@contoso.example'],
    [],
    2,
  ]);
});

test.each([
  ['münchen', 'xn--mnchen-3ya'],
  ['xn--mnchen-3ya', 'münchen'],
])('adopts a user whom Timely has in %s and the directory in %s', async (inTimely, inDirectory) => {
  const world = worldWith({
    directory: { people: [person('Ada', { mail: `ada@${inDirectory}.example` })] },
    timely: { users: [user(12, 'Ada', { email: `ada@${inTimely}.example` })] },
  });
  const { present, findings, writes } = await cycleOf(world);
  expect([present, findings]).toEqual([[`ada@${inTimely}.example`], []]);
  expect(writes).toBeLessThanOrEqual(1);
});
