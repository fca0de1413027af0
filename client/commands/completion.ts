import { Argument, type Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import { type CompletionShell, completionShells } from '../completion/scripts.ts';
import type { Session } from '../render/output.ts';

/** Adds `completion`, which prints a shell's script, and the hidden `complete`, which that script calls. */
export function addCompletion(program: Command, session: Session): void {
  addCommand(program, {
    name: 'completion',
    summary: 'completion of commands, options and tenants for bash, zsh or fish',
    description:
      'prints what a shell reads once, so that the Tab key completes commands, options, tenants and approvals',
    examples: [
      'completion bash > ~/.local/share/bash-completion/completions/timely-sync',
      'completion zsh > ~/.zfunc/_timely-sync',
      'completion fish > ~/.config/fish/completions/timely-sync.fish',
    ],
  })
    .addArgument(new Argument('<shell>', 'the shell').choices(completionShells))
    .action(async (shell: CompletionShell, flags: CommonOptions) => {
      const { runCompletion } = await import('../actions/completion.ts');
      runCompletion(session, shell, flags);
    });
  program
    .command('complete', { hidden: true })
    .description('what may stand where the last of the words is typed')
    .argument('[words...]', 'the words after the name of the program')
    .action(async (words: string[]) => {
      const { runComplete } = await import('../actions/completion.ts');
      await runComplete(session, program, words);
    });
}
