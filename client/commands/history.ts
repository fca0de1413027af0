import type { Command } from 'commander';
import type { HistoryFlags } from '../actions/history.ts';
import { addCommand, outputOption, webOption } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `history`: the journal, newest first, and whether its chain is whole. */
export function addHistory(program: Command, session: Session): void {
  addCommand(program, {
    name: 'history <tenant>',
    summary: 'the journal: what was done, for which person or team, why; and whether it is whole',
    description: 'the journal, newest first: what was done, for which person or team, and why',
    examples: [
      'history contoso',
      'history contoso --person bo@contoso.example --since 30d',
      'history contoso --kind remove --since 7d',
      'history contoso --out journal.csv',
      'history contoso --verify',
    ],
  })
    .option(
      '--person <person>',
      'only about this person or team: address, name, a part of either, or object id',
    )
    .option('--since <time>', 'only since then: 2026-11-01, 2026-11-01T08:00Z, or 7d for the last seven days')
    .option('--kind <kind...>', 'only entries of these kinds: remove, decided, paused, …')
    .addOption(outputOption())
    .option(...webOption)
    .option('--out <file>', 'writes it to a file, as CSV or JSON by its name')
    .option('--verify', 'recomputes the chain of hashes and says whether it is whole')
    .action(async (tenant: string, flags: HistoryFlags) => {
      const { runHistory } = await import('../actions/history.ts');
      await runHistory(session, tenant, flags);
    });
}
