import type { Command } from 'commander';
import { stopSignal } from '../../workflows/messages.ts';
import type { CommandText } from '../command.ts';
import { addSignalCommand } from '../remote/tenant-signal.ts';
import type { Session } from '../render/output.ts';

/** Adds `stop`: the end of a tenant's loop. */
export function addStop(program: Command, session: Session): void {
  const text: CommandText = {
    name: 'stop <tenant>',
    description: 'ends the loop and leaves everybody as they are; `start` begins it again',
    examples: ['stop contoso'],
  };
  addSignalCommand(
    program,
    session,
    text,
    stopSignal,
    (tenant) => `${tenant} stops once what is on its way to Timely is finished; everybody stays as they are.`,
  );
}
