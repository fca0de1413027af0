import type { Command } from 'commander';
import type { LinkFlags } from '../actions/link.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `link`: a person of the directory is tied to an existing Timely user. */
export function addLink(program: Command, session: Session): void {
  addCommand(program, {
    name: 'link <tenant> <person> <timely-user>',
    summary: 'ties a person to an existing Timely user',
    description:
      'ties a person of the directory to an existing Timely user, who has another of their addresses. The person is an e-mail address, a name, an object id or a sign-in name; the user is a Timely id, an e-mail address or a name',
    examples: [
      'link contoso ada@contoso.example ada.old@contoso.example',
      'link contoso "Ada Example" 48213 --json',
    ],
  })
    .option('--by <name>', 'who ties them, for the journal; otherwise the user of this machine')
    .action(async (tenant: string, person: string, timelyUser: string, flags: LinkFlags) => {
      const { runLink } = await import('../actions/link.ts');
      await runLink(session, { tenant, person, timelyUser }, flags);
    });
}
