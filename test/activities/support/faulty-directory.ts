/**
 * The sandbox's company with a faulty directory, without Temporal. No limit of the tenant file holds a removal, so that only
 * the checks of the read protect people.
 */
import { expect } from '@jest/globals';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { MicrosoftFault } from '../../../simulators/microsoft/faults/faults.ts';
import { openContoso, type Standing } from './contoso.ts';
import type { SandboxCycle } from './sandbox-cycle.ts';

export type SetFault = [name: MicrosoftFault, setting?: FaultSetting];
export type FaultyDirectory = Awaited<ReturnType<typeof openFaultyDirectory>>;

/** Small pages, so that each round has several. */
const smallPages = { objects: 20, links: 10 };

/** The sandbox's tenant file with limits out of reach. */
export const noLimitInReach = (text: string): string =>
  text
    .replace('removals: { max: 10, percent: 10,', 'removals: { max: 1000, percent: 100,')
    .replace('teamShrink: { percent: 50, min: 5 }', 'teamShrink: { percent: 100, min: 1000 }')
    .replace('firstCycle: { removals: hold }', 'firstCycle: { removals: allow }')
    .replace('timelyRoles: [admin]', 'timelyRoles: []')
    .replace('groups: [Executives]', 'groups: []');

export async function openFaultyDirectory() {
  const contoso = await openContoso(noLimitInReach);
  const { microsoft, cycle, standing } = contoso;
  microsoft.options.deltaPage = smallPages;
  let newcomers = 0;
  const join = () => {
    newcomers += 1;
    // Letters number the newcomers, because Timely takes no digits in names.
    const displayName = `Newcomer ${String.fromCharCode(64 + newcomers)}`;
    const groups = ['Timely Users', 'Design Guild'];
    const user = microsoft.state.join({ displayName, department: 'Design', groups });
    return { id: user.id, email: String(user.properties.mail) };
  };
  let leaver = join();
  await cycle();
  expect(contoso.present().length).toBeGreaterThan(40);

  return {
    ...contoso,
    /**
     * One person leaves and one joins. A cycle reads that under the faults, and a healthy one follows. The first may remove
     * only the leaver. After the second, Timely has exactly the right people.
     */
    async cycleUnder(faults: SetFault[], { full = false } = {}): Promise<SandboxCycle> {
      const before = standing();
      const newcomer = join();
      microsoft.state.change(leaver.id, { accountEnabled: false });
      const after = withoutAndWith(before, leaver.email, newcomer.email);
      for (const [name, setting] of faults) microsoft.faults.set(name, setting);
      const during = await cycle({ full });
      expect(microsoft.faults.unfired()).toEqual([]);
      expectNoneLost(standing(), withoutAndWith(before, leaver.email));
      microsoft.faults.clear();
      await cycle();
      expect(standing()).toEqual(after);
      leaver = newcomer;
      return during;
    },
  };
}

/** Returns a standing without a leaver and with a newcomer, who is in the teams of the department and the guild. */
export function withoutAndWith({ present, teams }: Standing, leaver: string, newcomer?: string): Standing {
  const changed = (emails: string[]) =>
    [...emails.filter((email) => email !== leaver), ...(newcomer ? [newcomer] : [])].sort();
  const kept = Object.entries(teams).map(([name, members]) => {
    const follows = name === 'Design' || name === 'Design Guild';
    return [name, follows ? changed(members) : members];
  });
  return { present: changed(present), teams: Object.fromEntries(kept) };
}

export function expectNoneLost(now: Standing, expected: Standing): void {
  expect(now.present).toEqual(expect.arrayContaining(expected.present));
  for (const [name, members] of Object.entries(expected.teams)) {
    expect(now.teams[name]).toEqual(expect.arrayContaining(members));
  }
}

const users = 'users.delta';
const groups = 'groups.delta';

type Refusal = [name: string, faults: SetFault[], kind: { full: boolean }];

/** One of each kind of refusals and cut connections that a cycle handles by itself. */
export const refusalsOfEachKind: Refusal[] = [
  [
    'a token that expires between two pages',
    [['tokenExpired', { operation: users, attempt: 2 }]],
    { full: true },
  ],
  [
    'an expired delta token of users (400)',
    [['cursorExpired400', { operation: users, times: 1 }]],
    { full: false },
  ],
  [
    'a lost delta token of groups (410)',
    [['cursorGone410', { operation: groups, times: 1 }]],
    { full: false },
  ],
  ['429 with a date', [['throttle', { operation: users, attempt: 2, retryAfter: 'date' }]], { full: true }],
  ['503 with HTML', [['unavailable', { operation: users, attempt: 3 }]], { full: true }],
  [
    'a connection that is cut in the middle of a body',
    [['cutBody', { operation: users, attempt: 2 }]],
    { full: true },
  ],
];

/** More of these kinds. */
export const furtherRefusals: Refusal[] = [
  ['a lost delta token of users (410)', [['cursorGone410', { operation: users, times: 1 }]], { full: false }],
  [
    'an expired delta token of groups (400)',
    [['cursorExpired400', { operation: groups, times: 1 }]],
    { full: false },
  ],
  [
    'a page link that expires in the middle of a whole read',
    [['cursorGone410', { operation: users, times: 1 }]],
    { full: true },
  ],
  ['429 with decimals', [['throttle', { operation: users, attempt: 2, retryAfter: 0.3 }]], { full: true }],
  [
    '429 without Retry-After',
    [['throttle', { operation: groups, attempt: 2, retryAfter: 'nothing' }]],
    { full: true },
  ],
  [
    'a connection that is cut before the response',
    [['dropConnection', { operation: groups, attempt: 2 }]],
    { full: true },
  ],
];
