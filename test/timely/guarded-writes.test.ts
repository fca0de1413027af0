/** Writes that something may keep back until the last moment. */
import { describe, expect, test } from '@jest/globals';
import { SupersededError } from '../../domain/errors.ts';
import { createTimelyApi, type TimelyApi } from '../../timely/api.ts';

const user = { id: 7, email: 'ada@contoso.example', name: 'Ada', roleId: 1, role: 'employee' };
const known = { ...user, externalId: 'id-ada', removed: false, updatedAt: 1 };

/** An account that answers each request with `status`; `waitMs`: how long each request waits for its turn. */
function account({ waitMs = 0, status = 204 } = {}) {
  const sent: string[] = [];
  const api = createTimelyApi({
    accountId: 1,
    endpoint: 'https://timely.example',
    tokens: { accessToken: async () => 'token', refresh: async () => 'another' },
    rateLimiter: {
      async wait(prepare) {
        const prepared = await prepare();
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        return { moment: 0, prepared };
      },
      recordLatency: () => undefined,
      backOff: async () => undefined,
    },
    fetch: async (_url, init) => {
      sent.push(init?.method ?? 'GET');
      return new Response(status === 204 ? null : '{}', { status });
    },
  });
  return { api, sent };
}

/** Lets the first `calls` writes through. */
function guard(calls: number): { asked(): number; mayWrite(): Promise<void> } {
  let asked = 0;
  return {
    asked: () => asked,
    async mayWrite() {
      asked += 1;
      if (asked > calls) throw new SupersededError('Another cycle is newer');
    },
  };
}

const writes: [string, (api: TimelyApi) => Promise<unknown>][] = [
  ['a removal', (api) => api.remove(7)],
  ['a role', (api) => api.changeRole(known, 2)],
  ['an end of a team', (api) => api.deleteTeam(9)],
  ['a name of a team', (api) => api.renameTeam({ id: 9, name: 'Guild', members: [] }, 'Crew')],
  ['a new team', (api) => api.createTeam({ name: 'Guild', members: [] })],
];

describe('a guarded account', () => {
  test.each(writes)('keeps back %s, and sends nothing', async (_what, write) => {
    const { api, sent } = account();
    const { mayWrite } = guard(0);
    await expect(write(api.guardedBy(mayWrite))).rejects.toThrow(SupersededError);
    expect(sent).toEqual([]);
  });

  test('asks nothing before a read', async () => {
    const { api } = account({ status: 404 });
    const { asked, mayWrite } = guard(0);
    await api.guardedBy(mayWrite).user(7);
    expect(asked()).toBe(0);
  });

  test('asks once before a write, and again after a long wait for its turn', async () => {
    const quick = guard(1);
    await account().api.guardedBy(quick.mayWrite).remove(7);
    expect(quick.asked()).toBe(1);
    const { api, sent } = account({ waitMs: 1_100 });
    const late = guard(1);
    await expect(api.guardedBy(late.mayWrite).remove(7)).rejects.toThrow(SupersededError);
    expect([late.asked(), sent]).toEqual([2, []]);
  });
});
