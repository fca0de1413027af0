/** A story: edits on both sides, faults, cycles and decisions. Plain data, so that fast-check can shorten it. */
import fc from 'fast-check';
import type { TimelyFault } from '../../simulators/timely/faults.ts';
import { bothRates } from '../support/rates.ts';
import { type ChaosSettings, type GroupUse, groupUses } from './company.ts';
import type { DirectoryEdit, DirectoryKind } from './directories/directory.ts';

export const handEdits = [
  'removeUser',
  'changeRole',
  'inviteStranger',
  'addStrangerToTeam',
  'removeFromTeam',
  'renameTeam',
  'deleteTeam',
] as const;

export const timelyFaults = [
  'throttle',
  'unavailable',
  'dropConnection',
  'responseLost',
  'staleList',
  'ignoreOffset',
  'rowsShift',
  'tokenExpired',
] as const satisfies TimelyFault[];

export type Step =
  | {
      do: 'directory';
      edit: DirectoryEdit;
      who: number;
      group: GroupUse;
      department: number;
    }
  | { do: 'by hand'; edit: (typeof handEdits)[number]; who: number; team: number }
  | {
      do: 'break the directory';
      fault: string;
      operation: string;
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

const small = fc.nat(15);

const directoryEdit = ({ edits }: DirectoryKind) =>
  fc.record({
    do: fc.constant('directory' as const),
    edit: fc.constantFrom(...edits),
    who: small,
    group: fc.constantFrom(...groupUses),
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

const directoryFault = ({ faults, operations }: DirectoryKind) =>
  fc.record({
    do: fc.constant('break the directory' as const),
    fault: fc.constantFrom(...faults),
    operation: fc.constantFrom(...operations),
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

/** Any story of up to `steps` steps, by what the directory can express. */
export const stories = (steps: number, kind: DirectoryKind): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 10, arbitrary: directoryEdit(kind) },
      { weight: 4, arbitrary: handEdit },
      { weight: 3, arbitrary: directoryFault(kind) },
      { weight: 3, arbitrary: timelyFault },
      { weight: 7, arbitrary: cycle },
      { weight: 2, arbitrary: decide },
      { weight: 1, arbitrary: configure },
      { weight: 1, arbitrary: settle },
    ),
    { minLength: Math.ceil(steps / 2), maxLength: steps, size: 'max' },
  );
