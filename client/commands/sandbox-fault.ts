import { Argument, type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { addCommand, type CommonOptions } from '../command.ts';
import { printResult, type Session } from '../render/output.ts';
import { openSandbox } from '../sandbox/control.ts';
import { dataOption } from './sandbox-edit.ts';

interface FaultFlags extends CommonOptions {
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

const simulators = ['microsoft', 'timely'] as const;
const faultsView = z.object({
  active: z.array(z.object({ name: z.string(), fired: z.number() })),
  known: z.record(z.string(), z.string()),
});

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
    .addArgument(new Argument('<simulator>', 'where').choices(simulators))
    .argument('<name>', 'the fault')
    .option(...dataOption)
    .option('--operation <name>', 'only for this operation, such as users.invite or users.*')
    .option('--subject <who>', 'only for this person or team')
    .option('--attempt <number>', 'only for the n-th request that fits', positive)
    .option('--times <number>', 'so many times, then it is over', positive)
    .option('--after', 'the effect happens first, then the answer is spoilt')
    .option('--retry-after <seconds>', 'for throttle', positive)
    .option('--milliseconds <number>', 'for latency', positive)
    .option('--per-second <number>', 'for rateLimit', positive)
    .option('--counting <way>', 'for rateLimit: sliding second, clock second or bucket')
    .action(async (simulator: (typeof simulators)[number], name: string, flags: FaultFlags) => {
      const { data, json, after, ...match } = flags;
      const setting = { ...match, ...(after && { when: 'after' }) };
      const sandbox = await openSandbox(data);
      const { active } = faultsView.parse(await sandbox.order(simulator, 'faults', { set: name, setting }));
      const names = active.map((fault) => fault.name).join(', ');
      printResult(session, json, { simulator, active }, `Faults of the simulated ${simulator}: ${names}.`);
    });
}

/** Adds `sandbox faults-off`: switches all faults off. */
export function addFaultsOff(sandbox: Command, session: Session): void {
  addCommand(sandbox, {
    name: 'faults-off',
    description: 'switches all faults of both simulators off',
    examples: ['sandbox faults-off'],
  })
    .option(...dataOption)
    .action(async ({ data, json }: FaultFlags) => {
      const opened = await openSandbox(data);
      await Promise.all(simulators.map((simulator) => opened.order(simulator, 'faults', { clear: true })));
      printResult(session, json, { active: [] }, 'All faults are off.');
    });
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('It is a number above 0.');
  return number;
}
