import type { Command } from 'commander';
import { showArguments } from '../command.ts';
import type { Session } from '../render/output.ts';
import { edits } from '../sandbox/edits.ts';
import { addEdit } from './sandbox-edit.ts';
import { addFault, addFaultsOff } from './sandbox-fault.ts';
import { addMails, addPeople } from './sandbox-lists.ts';

/** Adds `sandbox` with all that can happen in the simulated directory and Timely. */
export function addSandbox(program: Command, session: Session): void {
  const sandbox = program
    .command('sandbox')
    .description('people join, move, leave in the simulated directory and Timely; faults on and off')
    .addHelpText('after', '\nExample:\n  timely-sync sandbox leave bo.berg@contoso.example');
  for (const edit of edits) addEdit(sandbox, session, edit);
  addFault(sandbox, session);
  addFaultsOff(sandbox, session);
  addPeople(sandbox, session);
  addMails(sandbox, session);
  showArguments(sandbox);
}
