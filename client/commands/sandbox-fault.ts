import { Argument, type Command } from 'commander';
import type { FaultFlags } from '../actions/sandbox-fault.ts';
import { addCommand, positiveNumber } from '../command.ts';
import type { Session } from '../render/output.ts';
import { type SimulatorName, simulatorNames } from '../sandbox/edits.ts';
import { dataOption } from './sandbox-edit.ts';

/** Adds `sandbox fault`: switches a fault on. */
export function addFault(sandbox: Command, session: Session): void {
  addCommand(sandbox, {
    name: 'fault',
    description: 'switches a fault on; an unknown name lists them all',
    examples: [
      'sandbox fault timely throttle --retry-after 2 --times 3',
      'sandbox fault timely rejectPerson --subject bo.berg@contoso.example',
      'sandbox fault microsoft lastPageMissing',
    ],
  })
    .addArgument(new Argument('<simulator>', 'where').choices(simulatorNames))
    .argument('<name>', 'the fault')
    .option(...dataOption)
    .option('--operation <name>', 'only for this operation, such as users.invite or users.*')
    .option('--subject <who>', 'only for this person or team')
    .option('--attempt <number>', 'only for the n-th request that fits', positiveNumber)
    .option('--times <number>', 'ends after this number of times', positiveNumber)
    .option('--after', 'the effect happens first, then the response is spoilt')
    .option('--retry-after <seconds>', 'for throttle', positiveNumber)
    .option('--milliseconds <number>', 'for latency', positiveNumber)
    .option('--per-second <number>', 'for rateLimit', positiveNumber)
    .option('--counting <way>', 'for rateLimit: sliding second, clock second or bucket')
    .action(async (simulator: SimulatorName, name: string, flags: FaultFlags) => {
      const { runSandboxFault } = await import('../actions/sandbox-fault.ts');
      await runSandboxFault(session, simulator, name, flags);
    });
}

/** Adds `sandbox faults-off`: switches all faults off. */
export function addFaultsOff(sandbox: Command, session: Session): void {
  addCommand(sandbox, {
    name: 'faults-off',
    description: 'switches all faults of all simulators off',
    examples: ['sandbox faults-off'],
  })
    .option(...dataOption)
    .action(async (flags: FaultFlags) => {
      const { runSandboxFaultsOff } = await import('../actions/sandbox-fault.ts');
      await runSandboxFaultsOff(session, flags);
    });
}
