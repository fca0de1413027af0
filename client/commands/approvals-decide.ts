import { type Command, Option } from 'commander';
import type { DecideFlags } from '../actions/approvals-decide.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `approvals approve` or `approvals reject`. */
export function addDecide(approvals: Command, session: Session, decision: 'approve' | 'reject'): void {
  const done = decision === 'approve' ? 'approves' : 'rejects';
  addCommand(approvals, {
    name: `${decision} <id...>`,
    description: `${done} requests, or a part of them; asks before it sends`,
    examples: [
      `approvals ${decision} contoso/3 --note "spoke to HR"`,
      `approvals ${decision} contoso/3 contoso/4 --yes`,
      `approvals ${decision} contoso/3 --only bo@contoso.example --yes`,
      `approvals ${decision} contoso/3 --except changeRole --yes`,
    ],
  })
    .option('--note <text>', 'why, for the journal')
    .option('--by <name>', 'who decides; otherwise the user of this machine')
    .addOption(
      new Option('--only <part...>', `${done} only these people, teams or kinds of changes`).conflicts(
        'except',
      ),
    )
    .option('--except <part...>', `${done} all but these`)
    .option('--yes', 'does not ask')
    .action(async (ids: string[], flags: DecideFlags) => {
      const { runApprovalsDecide } = await import('../actions/approvals-decide.ts');
      await runApprovalsDecide(session, decision, ids, flags);
    });
}
