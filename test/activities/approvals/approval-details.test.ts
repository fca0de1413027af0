/** With `privacy.labels: ids`, histories and Temporal's UI show no names. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { approvalDetails } from '../../../activities/approvals/approval-details.ts';
import { openSyncCycle } from '../../../activities/cycle/open-cycle.ts';
import { createProvisionActivities } from '../../../activities/cycle/provision.ts';
import type { HoldRule } from '../../../domain/plan/change.ts';
import { person, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

function shown(rule: HoldRule, labels: 'names' | 'ids'): string {
  const summary = {
    id: 'contoso/1',
    tenant: 'contoso',
    rule,
    state: 'open' as const,
    opened: '2026-11-23T12:00:00.000Z',
    expires: '2026-11-30T12:00:00.000Z',
    changes: 1,
    subjects: ['ada@contoso.example'],
  };
  const line = {
    position: 0,
    change: 'invite' as const,
    status: 'held' as const,
    subject: 'ada@contoso.example',
    name: 'Ada',
    why: 'ada@contoso.example is listed',
    hold: { rule, detail: `${rule}, about Ada` },
    refusal: null,
    failure: null,
  };
  const { title, details } = approvalDetails(summary, [line], labels);
  return `${title}\n${details}`;
}

test('shows names and reasons of an approval only when names may be shown', () => {
  expect(shown('removed-by-hand', 'names')).toContain('Held: removed-by-hand, about Ada');
  expect(shown('removed-by-hand', 'ids')).not.toMatch(/ada/i);
  expect(shown('removed-by-hand', 'ids')).toContain('- **invite** #1');
  // The words of a limit are about numbers.
  expect(shown('too-many-invitations', 'ids')).toContain('Held: too-many-invitations');
});

test('refuses a text that fits several people, or a user outside the directory, and lists their ids', async () => {
  const robin = (number: number) => ({ id: `id-${number}`, mail: `robin.vega${number}@contoso.example` });
  const world = worldWith({
    directory: { people: [1, 2].map((number) => person('Robin Vega', robin(number))) },
    timely: { users: [user(77, 'Frida Lang')] },
  });
  const { tenant, file, services, cycle } = await arrangeTenant(store.database, world);
  await cycle();
  const key = await openSyncCycle(services, { tenant, opening: 'provision', fresh: false });
  const { planPerson } = createProvisionActivities(services);
  const refusalOf = (text: string) => planPerson({ key, person: text }).catch(String);
  const several = () => refusalOf('Robin Vega');
  const outside = () => refusalOf('77');
  expect(await several()).toContain('Robin Vega <robin.vega1@contoso.example> id-1');
  expect(await outside()).toContain('Frida Lang <frida.lang@contoso.example>');

  Object.assign(file.privacy, { labels: 'ids' });
  expect(await several()).toMatch(/so give the id: id-1, id-2$/);
  expect(await outside()).toContain('stands for Timely user 77:');
});
