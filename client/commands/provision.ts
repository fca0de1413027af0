import type { Command } from 'commander';
import type { ProvisionFlags } from '../actions/provision.ts';
import { addCommand, webOption } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `provision`: one person now. */
export function addProvision(program: Command, session: Session): void {
  addCommand(program, {
    name: 'provision <tenant> <person>',
    summary: 'one person now: joiner, mover or leaver',
    description:
      'one person now, joiner, mover or leaver, by the same rules and the same gate as a cycle. Takes an e-mail address, a name, an object id or a sign-in name',
    examples: [
      'provision contoso nora.winter@contoso.example',
      'provision contoso "Nora Winter" --json',
      'provision contoso "Nora Winter" --web',
    ],
  })
    .option('--even-if-paused', 'also while the tenant is paused')
    .option(...webOption)
    .action(async (tenant: string, person: string, flags: ProvisionFlags) => {
      const { runProvision } = await import('../actions/provision.ts');
      await runProvision(session, tenant, person, flags);
    });
}
