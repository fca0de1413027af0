import { z } from 'zod';
import type { CommonOptions } from '../command.ts';
import { printResult, type Session } from '../render/output.ts';
import { openSandbox } from '../sandbox/control.ts';
import { type SimulatorName, simulatorNames } from '../sandbox/edits.ts';

export interface FaultFlags extends CommonOptions {
  data: string;
  operation?: string;
  subject?: string;
  attempt?: number;
  times?: number;
  after?: boolean;
  retryAfter?: number;
  milliseconds?: number;
  perSecond?: number;
  counting?: string;
}

const faultsView = z.object({
  active: z.array(z.object({ name: z.string(), fired: z.number() })),
  known: z.record(z.string(), z.string()),
});

/** Switches a fault on and prints all that are. */
export async function runSandboxFault(
  session: Session,
  simulator: SimulatorName,
  name: string,
  flags: FaultFlags,
): Promise<void> {
  const { data, json, after, ...match } = flags;
  const setting = { ...match, ...(after && { when: 'after' }) };
  const sandbox = await openSandbox(data);
  const { active } = faultsView.parse(await sandbox.order(simulator, 'faults', { set: name, setting }));
  const names = active.map((fault) => fault.name).join(', ');
  printResult(session, json, { simulator, active }, () => `Faults of the simulated ${simulator}: ${names}.`);
}

/** Switches all faults of all simulators off. */
export async function runSandboxFaultsOff(session: Session, { data, json }: FaultFlags): Promise<void> {
  const sandbox = await openSandbox(data);
  await Promise.all(simulatorNames.map((simulator) => sandbox.order(simulator, 'faults', { clear: true })));
  printResult(session, json, { active: [] }, () => 'All faults are off.');
}
