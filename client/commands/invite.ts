import type { Command } from 'commander';
import type { InviteFlags } from '../actions/invite.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `invite`: a link by which a customer's administrator sets a tenant up in the browser. */
export function addInvite(program: Command, session: Session): void {
  addCommand(program, {
    name: 'invite <tenant>',
    summary: "makes a link for a customer's administrator to set the tenant up in the browser",
    description:
      "makes a link by which a customer's administrator sets the tenant up in the browser. It can be opened once, within a day; whoever opens it goes on in the same browser for two weeks. A new link ends the one before and keeps its answers",
    examples: ['invite contoso', 'invite contoso --revoke', 'invite contoso --json'],
  })
    .option('--revoke', 'ends the link, and what was begun with it')
    .option('--by <name>', 'who invites, for the journal; otherwise the user of this machine')
    .action(async (tenant: string, flags: InviteFlags) => {
      const { runInvite } = await import('../actions/invite.ts');
      await runInvite(session, tenant, flags);
    });
}
