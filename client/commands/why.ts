import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import { exitCodes, wrongUse } from '../exit-codes.ts';
import { withClient } from '../remote/connection.ts';
import { queryWorker } from '../remote/query.ts';
import { printResult, type Session } from '../render/output.ts';
import { candidatesText, whyText } from '../render/why-text.ts';

/** Adds `why`: why somebody is, or is not, in Timely, and why a team is as it is. */
export function addWhy(program: Command, session: Session): void {
  addCommand(program, {
    name: 'why <tenant> <person|team>',
    description:
      'why somebody is, or is not, in Timely, or why a team is as it is: rule, link, last changes, what waits, and the next step. Takes an e-mail address, a name, an object id, a sign-in name, or the name of a team',
    examples: [
      'why contoso ada.example@contoso.example',
      'why contoso "Ada Example"',
      'why contoso "Design Guild" --json',
    ],
  }).action(async (tenant: string, subject: string, { json }: CommonOptions) => {
    const answer = await withClient((client) => queryWorker(client, { about: 'why', tenant, subject }));
    if (answer === null) {
      throw wrongUse(
        `Neither the directory nor Timely has "${subject}", as far as ${tenant} has read them: give an e-mail address, a name, an object id, a sign-in name, or a team's name.`,
      );
    }
    if (answer.kind === 'ambiguous') {
      if (json) session.out(`${JSON.stringify(answer, null, 2)}\n`);
      session.err(`timely-sync: ${candidatesText(subject, answer.candidates)}\n`);
      session.exitCode = exitCodes.wrongUse;
      return;
    }
    printResult(session, json, answer, whyText(answer, session.columns));
  });
}
