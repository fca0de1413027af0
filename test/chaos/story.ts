/** A story: edits on both sides, faults, cycles and decisions. Plain data, so that fast-check can shorten it. */
import fc from 'fast-check';
import type { MicrosoftFault } from '../../simulators/microsoft/faults/faults.ts';
import type { TimelyFault } from '../../simulators/timely/faults.ts';
import { answerFaults, pageFaults } from '../support/directory-faults.ts';
import { bothRates } from '../support/rates.ts';
import type { ChaosSettings, GroupUse } from './company.ts';

export const directoryEdits = [
  'join',
  'disable',
  'enable',
  'leave',
  'restore',
  'rehire',
  'move',
  'newMail',
  'enter',
  'exit',
  'renameGroup',
  'recreateGroup',
  'takeName',
  'hideGroup',
  'exchangeNames',
  'changeCase',
  'recycleAddress',
  'nest',
  'unnest',
] as const;

export const handEdits = [
  'removeUser',
  'changeRole',
  'inviteStranger',
  'addStrangerToTeam',
  'removeFromTeam',
  'renameTeam',
  'deleteTeam',
] as const;

/** Faults of a directory that a read detects or survives. */
export const directoryFaults = [
  ...pageFaults,
  'fewerObjects',
  'fewerMembers',
  ...answerFaults,
] as const satisfies MicrosoftFault[];

export const timelyFaults = [
  'throttle',
  'unavailable',
  'dropConnection',
  'answerLost',
  'staleList',
  'ignoreOffset',
  'rowsShift',
  'tokenExpired',
] as const satisfies TimelyFault[];

export type Step =
  | {
      do: 'directory';
      edit: (typeof directoryEdits)[number];
      who: number;
      group: GroupUse;
      department: number;
    }
  | { do: 'by hand'; edit: (typeof handEdits)[number]; who: number; team: number }
  | {
      do: 'break the directory';
      fault: (typeof directoryFaults)[number];
      stream: string;
      attempt: number | null;
    }
  | {
      do: 'break Timely';
      fault: (typeof timelyFaults)[number];
      operation: string;
      attempt: number | null;
      times: number;
    }
  | { do: 'cycle'; full: boolean; killAfter: number | null }
  | { do: 'decide'; decision: 'approve' | 'reject'; which: number }
  | ({ do: 'configure' } & ChaosSettings)
  | { do: 'settle'; full: boolean };

const uses = [
  'users',
  'leads',
  'managers',
  'guild',
  'excluded',
  'executives',
  'red',
  'blue',
  'green',
] as const satisfies GroupUse[];
const small = fc.nat(15);

const directoryEdit = fc.record({
  do: fc.constant('directory' as const),
  edit: fc.constantFrom(...directoryEdits),
  who: small,
  group: fc.constantFrom(...uses),
  department: fc.nat(4),
});
const handEdit = fc.record({
  do: fc.constant('by hand' as const),
  edit: fc.constantFrom(...handEdits),
  who: small,
  team: fc.nat(4),
});
/** The request that the fault hits, counted from now; null: the first one that it can hit. */
const attempt = (max: number) => fc.option(fc.integer({ min: 1, max }), { freq: 1, nil: null });

const directoryFault = fc.record({
  do: fc.constant('break the directory' as const),
  fault: fc.constantFrom(...directoryFaults),
  stream: fc.constantFrom('users.delta', 'groups.delta'),
  attempt: attempt(3),
});
const timelyFault = fc.record({
  do: fc.constant('break Timely' as const),
  fault: fc.constantFrom(...timelyFaults),
  operation: fc.constantFrom('*', 'users.*', 'users.invite', 'users.remove', 'teams.update', '*.list'),
  attempt: attempt(6),
  times: fc.integer({ min: 1, max: 2 }),
});
const cycle = fc.record({
  do: fc.constant('cycle' as const),
  full: fc.boolean(),
  killAfter: fc.option(fc.integer({ min: 1, max: 25 }), { freq: 3, nil: null }),
});
const decide = fc.record({
  do: fc.constant('decide' as const),
  decision: fc.constantFrom('approve' as const, 'reject' as const),
  which: fc.nat(3),
});
const configure = fc.record({
  do: fc.constant('configure' as const),
  removalsMax: fc.integer({ min: 0, max: 4 }),
  requestsPerSecond: fc.constantFrom(...bothRates),
});
const settle = fc.record({ do: fc.constant('settle' as const), full: fc.boolean() });

/** Any story of up to `steps` steps. */
export const stories = (steps: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 10, arbitrary: directoryEdit },
      { weight: 4, arbitrary: handEdit },
      { weight: 3, arbitrary: directoryFault },
      { weight: 3, arbitrary: timelyFault },
      { weight: 7, arbitrary: cycle },
      { weight: 2, arbitrary: decide },
      { weight: 1, arbitrary: configure },
      { weight: 1, arbitrary: settle },
    ),
    { minLength: Math.ceil(steps / 2), maxLength: steps, size: 'max' },
  );
