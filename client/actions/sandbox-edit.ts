import type { CommonOptions } from '../command.ts';
import { withClient } from '../remote/connection.ts';
import { runningStatus } from '../remote/tenant-status.ts';
import { printResult, type Session } from '../render/output.ts';
import { progressLine, withProgress } from '../render/progress.ts';
import { openSandbox } from '../sandbox/control.ts';
import type { EditFlags, SandboxEdit } from '../sandbox/edits.ts';
import { effectOf, effectText, makeEdit, wake } from '../sandbox/effect.ts';

export interface SandboxEditFlags extends CommonOptions, EditFlags {
  data: string;
  tenant: string;
  wait?: boolean;
}

/** Makes one edit in the sandbox; on a terminal or with `--wait` it shows the effect. */
export async function runSandboxEdit(
  session: Session,
  edit: SandboxEdit,
  words: string[],
  flags: SandboxEditFlags,
): Promise<void> {
  const { json, tenant, wait = session.watcher !== null } = flags;
  const sandbox = await openSandbox(flags.data);
  await withClient(async (client) => {
    // Asked first, so that nothing is edited when no loop runs.
    const { cycle } = await runningStatus(client, tenant);
    const made = await makeEdit(sandbox, edit.simulator, edit.action, edit.body(words, flags));
    if (!made.notified) await wake(client, tenant);
    const effect = wait
      ? await withProgress(session, (show) =>
          effectOf(client, tenant, made, cycle, (status) => show?.(progressLine(status))),
        )
      : null;
    printResult(session, json, { did: made.did, tenant, effect }, (shown) =>
      shown.effect ? effectText(shown.did, shown.effect) : shown.did,
    );
  }, flags.data);
}
