/** `timely-sync link` and `unlink`, as a worker carries them out. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createQueryActivities } from '../../../activities/query/queries.ts';
import { whyOf } from '../../../activities/query/why.ts';
import type { LinkQuery } from '../../../domain/contract/query.ts';
import { journalPage } from '../../../store/journal/journal-page.ts';
import { guest, link, person, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const alias = { proxyAddresses: ['smtp:ada.old@contoso.example'] };
const sea = { proxyAddresses: ['smtp:sea@elsewhere.example'] };
const outside = person('Out', { attributes: { department: 'Outside' } });

/** Ada and Guy are in Timely under an alias, Bo is linked, Cy is privileged, and one user is an admin. */
async function arrange() {
  const world = worldWith({
    rules: {
      scope: {
        include: [{ everyone: true }],
        exclude: [{ where: { department: ['Outside'] } }],
        guests: 'include',
        guestDomains: [],
      },
    },
    directory: {
      people: [person('Ada', alias), person('Bo'), person('Cy'), person('Di'), guest('Guy', sea), outside],
      privileged: [{ personId: 'id-cy', roles: ['Global Administrator'] }],
    },
    timely: {
      users: [
        user(11, 'Ada', { email: 'ada.old@contoso.example', role: 'manager' }),
        user(12, 'Bo'),
        user(13, 'Sea', { email: 'sea@elsewhere.example' }),
        user(14, 'Boss', { email: 'boss@elsewhere.example', role: 'admin' }),
        user(15, 'Di'),
        user(16, 'Gone', { email: 'gone@elsewhere.example', removed: true }),
        user(17, 'Sea', { email: 'sea.two@elsewhere.example' }),
      ],
    },
    personLinks: [link('Bo', 12)],
  });
  const tenant = await arrangeTenant(store.database, world);
  await tenant.cycle();
  const { runQuery } = createQueryActivities(tenant.services);
  let asked = 0;
  const ask = async (
    query: { about: 'link'; person: string; timelyUser: string } | { about: 'unlink'; person: string },
  ) => {
    asked += 1;
    const asks = { ...query, tenant: tenant.tenant, by: 'it-lead@contoso.example', id: `ask-${asked}` };
    return await runQuery(asks as LinkQuery);
  };
  return { ...tenant, ask };
}

const emailsOf = ({ state }: Awaited<ReturnType<typeof arrange>>) => state.present.map(({ email }) => email);

describe('link', () => {
  test('ties a person to the user under their alias, so that no second account is made', async () => {
    const tenant = await arrange();
    expect(emailsOf(tenant)).not.toContain('ada@contoso.example');
    expect(
      await tenant.ask({ about: 'link', person: 'Ada', timelyUser: 'ada.old@contoso.example' }),
    ).toMatchObject({
      did: 'linked',
      person: { id: 'id-ada', name: 'Ada', email: 'ada@contoso.example' },
      timely: { id: 11, email: 'ada.old@contoso.example', removed: false },
    });
    const after = await tenant.cycle('incremental');
    expect(after.done.filter((line) => line.startsWith('invite'))).toEqual([]);
    expect(emailsOf(tenant)).not.toContain('ada@contoso.example');
    const { items } = await journalPage(store.database, { tenant: tenant.tenant, after: 0 });
    expect(items.find(({ kind }) => kind === 'linked')).toMatchObject({
      after: { by: 'it-lead@contoso.example', personId: 'id-ada', timelyId: 11 },
    });
    expect(await tenant.ask({ about: 'link', person: 'id-ada', timelyUser: '11' })).toMatchObject({
      did: 'nothing',
    });
  });

  test('and its end are in the journal of the person, by every name of theirs, and in why', async () => {
    const tenant = await arrange();
    await tenant.ask({ about: 'link', person: 'Ada', timelyUser: '11' });
    await tenant.cycle('incremental');
    await tenant.ask({ about: 'unlink', person: 'Ada' });
    const about = async (text: string) => {
      const { items } = await journalPage(store.database, { tenant: tenant.tenant, person: text, after: 0 });
      return items.filter(({ kind }) => kind.endsWith('linked')).map(({ kind }) => kind);
    };
    for (const text of ['id-ada', 'ada@contoso.example', 'Ada', 'ADA@'])
      expect([text, await about(text)]).toEqual([text, ['unlinked', 'linked']]);
    expect(await about('Bo')).toEqual([]);
    const why = await whyOf(tenant.services, tenant.tenant, 'id-ada');
    expect(why?.kind === 'person' && why.changes.map(({ change }) => change)).toEqual(
      expect.arrayContaining(['unlinked', 'linked']),
    );
  });

  test('ties a person to a removed user, whom the next cycle takes back', async () => {
    const tenant = await arrange();
    const report = await tenant.ask({ about: 'link', person: 'Ada', timelyUser: 'Gone' });
    expect(report).toMatchObject({ did: 'linked', next: expect.stringContaining('takes them back') });
    expect((await tenant.cycle('incremental')).done).toContain('reinstate ada@contoso.example');
    expect(emailsOf(tenant)).toContain('gone@elsewhere.example');
  });

  test.each([
    ['another person has the user', 'Ada', '12', /linked to Bo \(id-bo\).*timely-sync unlink t-\w+ id-bo/],
    ['the person has another user', 'Bo', '13', /linked to another Timely user, 12/],
    ['no user is meant', 'Ada', 'ghost@partner.example', /no such user/],
    ['the address is that of another person', 'Ada', '13', /already-linked: .* Guy \(id-guy\)/],
    ['the person is privileged', 'Cy', '13', /sensitive/],
    ['the user is an admin', 'Ada', 'boss@elsewhere.example', /sensitive: the Timely user is an admin/],
    ['a guest would get a foreign address', 'Guy', '13', /identity-mismatch/],
    ['the person is out of scope', 'Out', '13', /not in scope/],
    ['nobody is meant', 'Nobody', '13', /No person of the directory is meant/],
    ['several users are meant', 'Ada', 'Sea', /Several Timely users are meant.*13.*17/],
  ])('is refused when %s', async (_, who, timelyUser, message) => {
    const tenant = await arrange();
    await expect(tenant.ask({ about: 'link', person: who, timelyUser })).rejects.toThrow(message);
  });
});

describe('unlink', () => {
  test('unties a person, whom the next cycle finds again by the address', async () => {
    const tenant = await arrange();
    expect(await tenant.ask({ about: 'unlink', person: 'Bo' })).toMatchObject({
      did: 'unlinked',
      timely: { id: 12 },
      next: expect.stringContaining('same user again'),
    });
    expect((await tenant.cycle('incremental')).done).toContain('link bo@contoso.example');
  });

  test('leaves the user of a person without their address alone', async () => {
    const tenant = await arrange();
    await tenant.ask({ about: 'link', person: 'Ada', timelyUser: '11' });
    await tenant.cycle('incremental');
    expect(await tenant.ask({ about: 'unlink', person: 'ada@contoso.example' })).toMatchObject({
      did: 'unlinked',
    });
    expect((await tenant.cycle('incremental')).done).toEqual([]);
    expect(emailsOf(tenant)).toContain('ada.old@contoso.example');
  });

  test('is refused for a person without a link', async () => {
    const tenant = await arrange();
    await expect(tenant.ask({ about: 'unlink', person: 'Ada' })).rejects.toThrow(
      /links this person to no Timely user/,
    );
  });
});
