import type { Command } from 'commander';
import type { SandboxEditFlags } from '../actions/sandbox-edit.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';
import type { SandboxEdit } from '../sandbox/edits.ts';

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
    const { runSandboxEdit } = await import('../actions/sandbox-edit.ts');
    const words = command.processedArgs.flat();
    await runSandboxEdit(session, edit, words, command.opts<SandboxEditFlags>());
  });
}
