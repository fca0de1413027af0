/** Why a tenant is paused, and what an undo of an undone cycle says: the real activities over a real store. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../../activities/index.ts';
import { PausedError } from '../../../domain/errors.ts';
import { WrongUseError } from '../../../store/approvals/decisions.ts';
import { controlOf } from '../../../store/control.ts';
import { person, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

async function arrange() {
  const world = worldWith({
    directory: { people: [person('Ada'), person('Bo')] },
    timely: { users: [user(10, 'Bo', { role: 'manager' })] },
  });
  const tenant = await arrangeTenant(store.database, world);
  const { services, tenant: name } = tenant;
  return { ...tenant, name, activities: createActivities(services) };
}

describe('the reason of a pause', () => {
  test('is the pause by an operator, until the tenant is resumed', async () => {
    const { name, activities, services } = await arrange();
    const reason = () => activities.runQuery({ about: 'pause', tenant: name });
    expect(await reason()).toBeNull();
    await activities.recordControl({ tenant: name, kind: 'paused', id: 'a', by: null, reason: '' });
    expect(await reason()).toEqual({ since: services.now().toISOString(), undoes: null, by: null });
    await activities.recordControl({ tenant: name, kind: 'resumed', id: 'b', by: null, reason: '' });
    expect(await reason()).toBeNull();
  });

  test('is the undo with its cycle and the person who asked for it', async () => {
    const { name, activities, cycle } = await arrange();
    const { number } = await cycle();
    await activities.beginUndo({ tenant: name, undoes: number, id: 'a', by: 'it-lead' });
    expect(await activities.runQuery({ about: 'pause', tenant: name })).toMatchObject({
      undoes: number,
      by: 'it-lead',
    });
  });
});

describe('a new tenant', () => {
  test('starts paused unless it is to run, and an edited file pauses no one', async () => {
    const { activities, file } = await arrange();
    const start = async (tenant: string, by: string | null, graceDays = 0) =>
      await activities.storeTenantFile({
        tenant,
        file: { ...file, tenant, leavers: { ...file.leavers, graceDays } },
        startsPaused: by !== null,
        source: { by, channel: 'command' },
      });
    const [seen, bold] = [`s-${randomUUID().slice(0, 8)}`, `b-${randomUUID().slice(0, 8)}`];
    const by = 'it-lead@contoso.example';
    expect((await start(seen, by)).control).toMatchObject({ paused: { by, undoes: null } });
    expect(await activities.runQuery({ about: 'pause', tenant: seen })).toMatchObject({ by });
    expect((await start(bold, null)).control).toMatchObject({ paused: null });
    const edited = await start(bold, by, 3);
    expect(edited).toMatchObject({ version: 2, changed: true, control: { paused: null } });
  });
});

describe('a provision', () => {
  test('is refused while the tenant is paused, unless it says so', async () => {
    const { name, activities, cycle } = await arrange();
    await cycle();
    await activities.recordControl({ tenant: name, kind: 'paused', id: 'a', by: null, reason: '' });
    await expect(activities.openProvision({ tenant: name, opening: 'p' })).rejects.toThrow(PausedError);
    const key = await activities.openProvision({ tenant: name, opening: 'p', evenIfPaused: true });
    expect(key).toMatchObject({ tenant: name, kind: 'incremental' });
  });
});

describe('an undo of a cycle that was undone', () => {
  test('says by which cycle, changes nothing, and leaves no entry in the journal', async () => {
    const { name, activities, cycle, undo, state } = await arrange();
    const { number } = await cycle();
    await activities.beginUndo({ tenant: name, undoes: number, id: 'a', by: 'it-lead' });
    expect(await controlOf(store.database, name)).toMatchObject({ undoing: number });
    const undone = await undo(number);
    // The undo is over, and the pause stays.
    expect(await controlOf(store.database, name)).toMatchObject({
      undoing: null,
      paused: { undoes: number, by: 'it-lead' },
    });
    const before = JSON.stringify(state.save());
    const again = activities.beginUndo({ tenant: name, undoes: number, id: 'b', by: 'other' });
    await expect(again).rejects.toThrow(
      `Cycle ${number} of ${name} was taken back by cycle ${undone.number}, which ended at `,
    );
    await expect(again).rejects.toThrow(WrongUseError);
    const preview = activities.runQuery({ about: 'undo', tenant: name, cycle: number });
    await expect(preview).rejects.toThrow('nothing of it is left to take back');
    expect(await activities.runQuery({ about: 'pause', tenant: name })).toMatchObject({ by: 'it-lead' });
    expect(JSON.stringify(state.save())).toBe(before);
  });

  test('goes on when the cycle was undone in part', async () => {
    const { name, activities, cycle, undo } = await arrange();
    const { number } = await cycle();
    await undo(number);
    // A later cycle invites Ada again, and the first cycle's invitation can be taken back once more.
    await cycle();
    await expect(
      activities.beginUndo({ tenant: name, undoes: number, id: 'c', by: 'it-lead' }),
    ).resolves.toMatchObject({ undoing: number });
  });
});
