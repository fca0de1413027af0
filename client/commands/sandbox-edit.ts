import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import { withClient } from '../remote/connection.ts';
import { runningStatus } from '../remote/tenant-status.ts';
import { printResult, type Session } from '../render/output.ts';
import { withProgress } from '../render/progress.ts';
import { openSandbox } from '../sandbox/control.ts';
import type { EditFlags, SandboxEdit } from '../sandbox/edits.ts';
import { effectOf, effectText, makeEdit, wake } from '../sandbox/effect.ts';

interface SandboxFlags extends CommonOptions, EditFlags {
  data: string;
  tenant: string;
  wait?: boolean;
}

/** Where the sandbox keeps its data; the same default as `up` has. */
export const dataOption = ['--data <dir>', 'folder that `up` was started with', '.timely-sync'] as const;

/** Adds one edit of the sandbox; on a terminal or with `--wait` it tells what became of it. */
export function addEdit(sandbox: Command, session: Session, edit: SandboxEdit): void {
  const { name, description, example } = edit;
  const command = addCommand(sandbox, { name, description, examples: [`sandbox ${example}`] })
    .option(...dataOption)
    .option('--tenant <name>', 'tenant that it concerns', 'contoso')
    .option('--wait', 'wait for the cycle and tell what became of it; so it is on a terminal')
    .option('--no-wait', 'only make the edit');
  for (const [flags, text] of edit.options ?? []) command.option(flags, text);
  command.action(async () => {
    await carryOut(session, edit, command.processedArgs.flat(), command.opts<SandboxFlags>());
  });
}

async function carryOut(
  session: Session,
  edit: SandboxEdit,
  words: string[],
  flags: SandboxFlags,
): Promise<void> {
  const { json, tenant, wait = session.watcher !== null } = flags;
  const sandbox = await openSandbox(flags.data);
  await withClient(async (client) => {
    // Asked first, so that nothing is edited when there is nobody to wake.
    const { cycle } = await runningStatus(client, tenant);
    const made = await makeEdit(sandbox, edit.simulator, edit.action, edit.body(words, flags));
    if (!made.notified) await wake(client, tenant);
    const effect = wait
      ? await withProgress(session, (onProgress) => effectOf(client, tenant, made, cycle, onProgress))
      : null;
    printResult(
      session,
      json,
      { did: made.did, tenant, effect },
      effect ? effectText(made, effect) : made.did,
    );
  });
}
