/** Stand-ins for the product's workflows: they answer the command's messages as the real ones do, and sync nothing. */
import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { Query } from '../../domain/contract/query.ts';
import {
  configureUpdate,
  type DecideInput,
  decideUpdate,
  nudgeSignal,
  pauseSignal,
  resumeSignal,
  statusQuery,
  stopSignal,
  type TenantStatus,
} from '../../workflows/messages.ts';
import type { StandInActivities } from './stand-in-store.ts';

const { answer, carryOutCycle, checkFile } = proxyActivities<StandInActivities>({
  startToCloseTimeout: '10 s',
});

/** Answers one question from the test's store. */
export function question(asked: Query): Promise<unknown> {
  return answer(asked);
}

interface LoopInput {
  tenant: string;
  cycle?: number;
  version?: number;
  /** A nudge that came while the last cycle ran. */
  nudged?: { full: boolean }[];
}

/** One cycle for each nudge or configuration, each in a run of its own, as in the product. */
export async function tenantSync({ tenant, cycle = 0, version = 0, nudged = [] }: LoopInput): Promise<void> {
  const status: TenantStatus = {
    tenant,
    stage: cycle === 0 ? 'starting' : 'waiting',
    health: 'ok',
    cycle,
    finishedCycle: cycle,
    progress: null,
    cycleError: null,
    nextCycleAt: '2030-01-01T00:00:00.000Z',
    configurationVersion: version,
    paused: false,
    undoing: null,
  };
  let stopped = false;
  setHandler(statusQuery, () => status);
  setHandler(nudgeSignal, (input) => {
    nudged.push({ full: input?.full ?? false });
  });
  setHandler(pauseSignal, () => {
    Object.assign(status, { stage: 'paused', paused: true });
  });
  setHandler(resumeSignal, () => {
    status.paused = false;
    nudged.push({ full: false });
  });
  setHandler(stopSignal, () => {
    stopped = true;
  });
  setHandler(configureUpdate, async ({ file }) => {
    const refusal = await checkFile(file);
    if (refusal) throw ApplicationFailure.nonRetryable(refusal, 'ConfigurationError');
    status.configurationVersion += 1;
    nudged.push({ full: false });
    return { version: status.configurationVersion, changed: true };
  });
  await condition(() => stopped || (nudged.length > 0 && !status.paused));
  if (stopped) return;
  const full = nudged.splice(0).some((nudge) => nudge.full);
  status.cycle += 1;
  status.stage = 'applying';
  status.progress = { done: 1, of: 2 };
  await carryOutCycle({ tenant, number: status.cycle, full });
  await condition(allHandlersFinished);
  const { cycle: ended, configurationVersion } = status;
  await continueAsNew<typeof tenantSync>({ tenant, cycle: ended, version: configurationVersion, nudged });
}

/** Takes one answer and ends; an answer about nobody of the request is wrong use. */
export async function approval(subjects: string[]): Promise<void> {
  let decided = false;
  setHandler(
    decideUpdate,
    (input) => {
      decided = true;
      const chosen = subjects.filter((subject) => isChosen(subject, input));
      const note = input.note ? ` (${input.note})` : '';
      return {
        outcome: `${input.by} ${pastOf[input.decision]} ${chosen.join(', ')}${note}.`,
        decided: chosen.length,
        undecided: subjects.length - chosen.length,
      };
    },
    {
      validator: (input) => {
        const named: string[] = input.only ?? input.except ?? [];
        const stranger = named.find((name) => !subjects.includes(name));
        if (stranger) throw ApplicationFailure.nonRetryable(`${stranger} is not in the request.`, 'WrongUse');
      },
    },
  );
  await condition(() => decided && allHandlersFinished());
}

const pastOf = { approve: 'approved', reject: 'rejected' };

function isChosen(subject: string, { only, except }: DecideInput): boolean {
  return only ? only.includes(subject) : !except?.includes(subject);
}
