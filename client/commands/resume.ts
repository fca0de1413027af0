import type { Command } from 'commander';
import { resumeSignal } from '../../workflows/messages.ts';
import type { CommandText } from '../command.ts';
import { addSignalCommand } from '../remote/tenant-signal.ts';
import type { Session } from '../render/output.ts';

/** Adds `resume`: the end of a pause. */
export function addResume(program: Command, session: Session): void {
  const text: CommandText = {
    name: 'resume <tenant>',
    description: 'ends a pause',
    examples: ['resume contoso'],
  };
  addSignalCommand(program, session, text, resumeSignal, (tenant) => `${tenant} goes on.`);
}
