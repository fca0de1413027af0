/** What may stand at a place of a command line: for the completion of shells. */
import type { Command, Option } from 'commander';

/** One possible word, and what it means. */
export interface Candidate {
  word: string;
  description: string;
}

/** Names that only Temporal knows. */
export interface KnownNames {
  tenants(): Promise<string[]>;
  approvals(): Promise<string[]>;
}

/**
 * Words that may stand where the last one of `words` is being typed. Empty where any text may stand: shells then offer files.
 */
export async function candidates(program: Command, words: string[], names: KnownNames): Promise<Candidate[]> {
  const typed = words.at(-1) ?? '';
  const { command, operands, pending } = position(program, words.slice(0, -1));
  const found = pending
    ? plain(pending.argChoices ?? (pending.long === '--tenant' ? await names.tenants() : []))
    : typed.startsWith('-')
      ? optionsOf(command)
      : await wordsOf(command, operands, names);
  return found.filter(({ word }) => word.startsWith(typed));
}

interface Position {
  command: Command;
  /** How many arguments of the command stand before. */
  operands: number;
  /** The option whose value comes next. */
  pending: Option | null;
}

function position(program: Command, before: string[]): Position {
  const at: Position = { command: program, operands: 0, pending: null };
  for (const word of before) {
    if (at.pending) at.pending = null;
    else if (word.startsWith('-')) at.pending = valueOption(at.command, word);
    else {
      const below = at.command.commands.find((one) => one.name() === word);
      if (below) Object.assign(at, { command: below, operands: 0 });
      else at.operands += 1;
    }
  }
  return at;
}

/** The option that the word names, when it takes a value as a word of its own. */
function valueOption(command: Command, word: string): Option | null {
  const option = command.options.find(({ long, short }) => word === long || word === short);
  return option?.required ? option : null;
}

const optionsOf = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) => (long ? [{ word: long, description }] : []));

async function wordsOf(command: Command, operands: number, names: KnownNames): Promise<Candidate[]> {
  const below = command.createHelp().visibleCommands(command);
  if (command.commands.length > 0)
    return below.map((one) => ({ word: one.name(), description: one.summary() || one.description() }));
  const { registeredArguments: known } = command;
  const argument = known[operands] ?? (known.at(-1)?.variadic ? known.at(-1) : undefined);
  if (argument?.argChoices) return plain(argument.argChoices);
  if (argument?.name() === 'tenant') return plain(await names.tenants());
  return argument?.name() === 'id' ? plain(await names.approvals()) : [];
}

const plain = (words: readonly string[]): Candidate[] => words.map((word) => ({ word, description: '' }));
