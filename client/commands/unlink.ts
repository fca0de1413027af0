import type { Command } from 'commander';
import type { LinkFlags } from '../actions/link.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `unlink`: a person is no longer tied to their Timely user. */
export function addUnlink(program: Command, session: Session): void {
  addCommand(program, {
    name: 'unlink <tenant> <person>',
    summary: 'unties a person from their Timely user',
    description:
      'unties a person, perhaps a deleted one, from their Timely user, who stays as they are. The next cycle matches both again. Takes an e-mail address, a name, an object id or a sign-in name',
    examples: ['unlink contoso ada@contoso.example', 'unlink contoso "Ada Example" --json'],
  })
    .option('--by <name>', 'who unties them, for the journal; otherwise the user of this machine')
    .action(async (tenant: string, person: string, flags: LinkFlags) => {
      const { runUnlink } = await import('../actions/link.ts');
      await runUnlink(session, { tenant, person }, flags);
    });
}
