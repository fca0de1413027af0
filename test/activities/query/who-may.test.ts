/** What a person who has signed in may do, by the tenant file in force and the directory as last read. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createActivities } from '../../../activities/index.ts';
import type { WhoMay } from '../../../domain/contract/who-may.ts';
import { person, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

async function company() {
  const arranged = await arrangeTenant(
    store.database,
    worldWith({ directory: { people: [person('Lea'), person('Hal'), person('Max')] } }),
  );
  const { runQuery } = createActivities(arranged.services);
  const ask = async (tenant: string, subject: string | null, addresses: string[] = []) =>
    (await runQuery({ about: 'whoMay', tenant, subject, addresses })) as WhoMay;
  return { ...arranged, ask };
}

const nothing = { by: null, name: null, mayDecide: false, mayLook: false, isWhoNamed: false };

test('approvals.who may decide and look, console.viewers may look, and nobody else may do anything', async () => {
  const { tenant, file, ask } = await company();
  Object.assign(file.approvals, { who: ['lea@contoso.example'] });
  Object.assign(file.console, { viewers: ['hal@contoso.example'] });
  expect(await ask(tenant, 'id-lea')).toEqual({
    ...{ by: 'lea@contoso.example', name: 'Lea', mayDecide: true, mayLook: true, isWhoNamed: true },
  });
  expect(await ask(tenant, 'id-hal')).toMatchObject({ name: 'Hal', mayDecide: false, mayLook: true });
  expect(await ask(tenant, 'id-max')).toMatchObject({ name: 'Max', mayDecide: false, mayLook: false });
  expect(await ask(tenant, 'id-nobody')).toEqual(nothing);
  expect(await ask('no-such-tenant', 'id-lea', ['lea@contoso.example'])).toEqual(nothing);
});

test('nobody decides on the page where the file does not say who', async () => {
  const { tenant, file, ask } = await company();
  Object.assign(file.console, { viewers: ['hal@contoso.example'] });
  expect(await ask(tenant, 'id-hal')).toMatchObject({ mayDecide: false, mayLook: true, isWhoNamed: false });
});

test('where Temporal proves who calls it, an answer needs no proof of the console', async () => {
  const { tenant, file, services } = await company();
  Object.assign(file.approvals, { who: ['lea@contoso.example'], proof: 'required' });
  const answer = {
    ...{ tenant, approval: 1, decisionId: 'one', decision: 'approve' as const, by: 'lea@contoso.example' },
    ...{ note: '', channel: 'command' as const, only: [], except: [], at: new Date().toISOString() },
  };
  const decide = (trustsTemporal: boolean) =>
    createActivities({ ...services, console: { ...services.console, trustsTemporal } }).decideApproval(
      answer,
    );
  await expect(decide(false)).rejects.toThrow('Only answers of people who have signed in count here');
  // There is no such request: the answer got as far as that.
  await expect(decide(true)).rejects.toThrow(`There is no approval ${tenant}/1`);
});
