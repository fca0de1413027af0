import type { Command } from 'commander';
import type { SandboxListFlags } from '../actions/sandbox-lists.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';
import { dataOption } from './sandbox-edit.ts';

/** Adds `sandbox people`: the people of the simulated directory and of the simulated Timely. */
export function addPeople(sandbox: Command, session: Session): void {
  addCommand(sandbox, {
    name: 'people',
    description: 'the people of the simulated directory and of the simulated Timely',
    examples: ['sandbox people', 'sandbox people --json'],
  })
    .option(...dataOption)
    .action(async (flags: SandboxListFlags) => {
      const { runSandboxPeople } = await import('../actions/sandbox-lists.ts');
      await runSandboxPeople(session, flags);
    });
}

/** Adds `sandbox mails`: how many invitations the simulated Timely mailed to each address. */
export function addMails(sandbox: Command, session: Session): void {
  addCommand(sandbox, {
    name: 'mails',
    description: 'how many invitations the simulated Timely mailed to each address',
    examples: ['sandbox mails', 'sandbox mails --json'],
  })
    .option(...dataOption)
    .action(async (flags: SandboxListFlags) => {
      const { runSandboxMails } = await import('../actions/sandbox-lists.ts');
      await runSandboxMails(session, flags);
    });
}
