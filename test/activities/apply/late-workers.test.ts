/** Only the newest unfinished cycle writes: not a reset one, not one of a restored Temporal, not a worker that slept. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SupersededError, TransientError } from '../../../domain/errors.ts';
import { entriesOfCycle } from '../../../store/journal/journal-chain.ts';
import { loadPersonLinks } from '../../../store/planning/links.ts';
import { loadCycleReport, planLines } from '../../../store/query/cycle-reports.ts';
import { loadTimely } from '../../../store/replica/timely-snapshot.ts';
import type { TimelyApi } from '../../../timely/api.ts';
import { group, link, members, person, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { plannedTenant } from '../support/planned-tenant.ts';
import { attemptOf } from '../support/retried.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Ada is to be invited, Bo to be removed, Cy to become a manager, and all who stay to be in a team. */
const world = () =>
  worldWith({
    rules: {
      roles: { default: 'employee', adopted: 'keep', rules: [{ group: 'Managers', role: 'manager' }] },
      teams: [{ kind: 'group', group: 'Managers' }],
    },
    directory: {
      people: [person('Ada'), person('Bo', { enabled: false }), person('Cy')],
      groups: [group('Managers')],
      memberships: members(group('Managers').id, 'id-cy'),
    },
    timely: { users: [user(11, 'Bo'), user(12, 'Cy')] },
    personLinks: [link('Bo', 11), link('Cy', 12)],
  });

/** A tenant whose first cycle has planned and applied nothing yet. */
async function planned() {
  const tenant = await plannedTenant(store.database, world());
  const { key } = tenant;
  const lines = await planLines(store.database, tenant.tenant, key.cycle);
  const positionOf = (kind: string) => {
    const found = lines.findIndex(({ line }) => line.change === kind);
    if (found === -1) throw new Error(`The plan has no ${kind}.`);
    return found;
  };
  const inProcess = await tenant.services.tenant(tenant.tenant, 1);
  const { timely } = inProcess;
  return {
    ...tenant,
    /** What happens around each invitation, removal and new team. */
    onWrites(around: <Result>(send: () => Promise<Result>) => Promise<Result>): void {
      const guardedBy: TimelyApi['guardedBy'] = (mayWrite) => {
        const api = timely.guardedBy(mayWrite);
        return {
          ...api,
          remove: (id) => around(() => api.remove(id)),
          invite: (invitation, note) => around(() => api.invite(invitation, note)),
          createTeam: (made, note) => around(() => api.createTeam(made, note)),
        };
      };
      tenant.services.tenant = async () => ({ ...inProcess, timely: { ...timely, guardedBy } });
    },
    positions: lines.map((_line, position) => position),
    positionOf,
    apply: (position: number, opening = key.opening) =>
      attemptOf(1).run(tenant.activities.applyChange, { ...key, opening, position }) as Promise<{
        outcome: string;
      }>,
    writes: () => tenant.ledger.writes().map(({ operation, subject }) => `${operation} ${subject}`),
    statuses: async () =>
      (await planLines(store.database, tenant.tenant, key.cycle)).map(({ line }) => line.status),
  };
}

describe('a cycle that has ended', () => {
  test('writes nothing, whoever repeats its changes, and marks them as superseded', async () => {
    const late = await planned();
    await late.open('the second');
    expect(new Set(await late.statuses())).toEqual(new Set(['superseded']));
    for (const position of late.positions)
      expect(await late.apply(position)).toEqual({ outcome: 'superseded' });
    const together = { ...late.key, positions: late.positions };
    expect(await attemptOf(1).run(late.activities.applyChanges, together)).toMatchObject({
      retryIndividually: [],
    });
    const batch = { ...late.key, phase: 0, from: 0, limit: 250 };
    await expect(late.activities.listChanges(batch)).rejects.toThrow(SupersededError);
    expect(late.writes()).toEqual([]);
  });

  test('stores no read, no plan, no approval and no second end', async () => {
    const { activities, key, open, tenant } = await planned();
    const { cycle } = await open('the second');
    const before = await loadTimely(store.database, tenant);
    await expect(activities.readTimely(key)).rejects.toThrow(SupersededError);
    await expect(activities.readTimely({ ...key, kind: 'incremental' })).rejects.toThrow(SupersededError);
    await expect(activities.makePlan(key)).rejects.toThrow(SupersededError);
    await expect(activities.openApprovals(key)).rejects.toThrow(SupersededError);
    expect(await loadTimely(store.database, tenant)).toEqual(before);
    const end = await loadCycleReport(store.database, tenant, key.cycle);
    await activities.finishCycle({ tenant, cycle: key.cycle, cycleError: null });
    expect(await loadCycleReport(store.database, tenant, key.cycle)).toEqual(end);
    expect((await loadCycleReport(store.database, tenant, cycle))?.finishedAt).toBeNull();
  });

  test('marks what it leaves when it yields, so that no report shows it as planned', async () => {
    const { activities, key, tenant, apply, positionOf, statuses } = await planned();
    await apply(positionOf('remove'));
    await activities.finishCycle({ tenant, cycle: key.cycle, cycleError: null, yielded: true });
    expect(new Set(await statuses())).toEqual(new Set(['done', 'superseded']));
  });
});

describe('a run that was reset in the middle of its cycle', () => {
  test('writes nothing, because the run before may still be at it', async () => {
    const { positions, apply, writes, activities, key } = await planned();
    for (const position of positions)
      await expect(apply(position, 'after the reset')).rejects.toThrow(SupersededError);
    await expect(activities.makePlan({ ...key, opening: 'after the reset' })).rejects.toThrow(
      SupersededError,
    );
    expect(writes()).toEqual([]);
  });
});

describe('two workers with the same change', () => {
  test.each(['invite', 'createTeam'])('send %s once', async (kind) => {
    const { apply, positionOf, writes, state, onWrites } = await planned();
    let arrived = 0;
    const both = new Promise<void>((resolve) => {
      onWrites(async (send) => {
        arrived += 1;
        if (arrived === 2) resolve();
        await both;
        return await send();
      });
    });
    const ends = await Promise.allSettled([apply(positionOf(kind)), apply(positionOf(kind))]);
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    expect(failures).toEqual([expect.any(TransientError)]);
    expect(writes()).toHaveLength(1);
    expect(state.mails.length).toBe(kind === 'invite' ? 1 : 0);
  });
});

describe('a worker whose cycle ends while its request is on the way', () => {
  /** The next cycle opens right after Timely has done what the worker asked for. */
  async function whileOnTheWay(kind: 'remove' | 'invite') {
    const late = await planned();
    late.onWrites(async (send) => {
      const result = await send();
      await late.open('the second');
      return result;
    });
    const end = await late.apply(late.positionOf(kind));
    late.onWrites((send) => send());
    return { ...late, end };
  }

  test('journals what Timely did, and leaves what later cycles know', async () => {
    const { end, key, tenant, writes } = await whileOnTheWay('remove');
    expect(end).toEqual({ outcome: 'superseded' });
    expect(writes()).toEqual(['users.remove bo@contoso.example']);
    const entries = await entriesOfCycle(store.database, tenant, key.cycle);
    expect(entries.map(({ kind }) => kind)).toEqual(['remove']);
    expect(await loadPersonLinks(store.database, tenant)).toContainEqual(
      expect.objectContaining({ personId: 'id-bo' }),
    );
  });

  test('lets the next cycle find the person it has invited', async () => {
    const { cycle, state, tenant } = await whileOnTheWay('invite');
    await cycle();
    await cycle();
    expect(state.mails.map(({ email }) => email)).toEqual(['ada@contoso.example']);
    expect(await loadPersonLinks(store.database, tenant)).toContainEqual(
      expect.objectContaining({ personId: 'id-ada' }),
    );
  });
});
