import type { Command } from 'commander';
import { addCommand, type CommonOptions, type WebOption, webOption } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `why`: why a person is, or is not, in Timely, and why a team is as it is. */
export function addWhy(program: Command, session: Session): void {
  addCommand(program, {
    name: 'why <tenant> <person|team>',
    summary: 'why a person is, or is not, in Timely; why a team is as it is',
    description:
      'why a person is, or is not, in Timely, or why a team is as it is: rule, link, last changes, what waits, and the next step. Takes an e-mail address, a name, an object id, a sign-in name, or the name of a team',
    examples: [
      'why contoso ada.example@contoso.example',
      'why contoso "Ada Example"',
      'why contoso "Design Guild" --json',
      'why contoso ada.example@contoso.example --web',
    ],
  })
    .option(...webOption)
    .action(async (tenant: string, subject: string, flags: CommonOptions & WebOption) => {
      const { runWhy } = await import('../actions/why.ts');
      await runWhy(session, tenant, subject, flags);
    });
}
