import type { Command } from 'commander';
import { pauseSignal } from '../../workflows/messages.ts';
import type { CommandText } from '../command.ts';
import { addSignalCommand } from '../remote/tenant-signal.ts';
import type { Session } from '../render/output.ts';

/** Adds `pause`: no cycle begins until `resume`. */
export function addPause(program: Command, session: Session): void {
  const text: CommandText = {
    name: 'pause <tenant>',
    description:
      'lets no further cycle begin; the one that runs finishes what is on its way to Timely, and ends',
    examples: ['pause contoso'],
  };
  addSignalCommand(
    program,
    session,
    text,
    pauseSignal,
    (tenant) => `${tenant} pauses once what is on its way to Timely is finished.`,
  );
}
