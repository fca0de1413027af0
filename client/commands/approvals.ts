import type { Command } from 'commander';
import { showArguments } from '../command.ts';
import type { Session } from '../render/output.ts';
import { addDecide } from './approvals-decide.ts';
import { addList } from './approvals-list.ts';
import { addReopen } from './approvals-reopen.ts';
import { addShow } from './approvals-show.ts';

/** Adds `approvals` with `list`, `show`, `approve`, `reject` and `reopen`. */
export function addApprovals(program: Command, session: Session): void {
  const approvals = program
    .command('approvals')
    .description('what waits for a person: list, show, approve, reject, reopen')
    .addHelpText('after', '\nExample:\n  timely-sync approvals list contoso');
  addList(approvals, session);
  addShow(approvals, session);
  addDecide(approvals, session, 'approve');
  addDecide(approvals, session, 'reject');
  addReopen(approvals, session);
  showArguments(approvals);
}
