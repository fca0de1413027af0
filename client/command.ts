/** What all commands have in common. */
import { type Command, InvalidArgumentError, Option } from 'commander';

/** A command's name with its arguments, what it does, and at least one example of its use. */
interface CommandText {
  name: string;
  /** One line for the list of all commands; the description unless given. */
  summary?: string;
  description: string;
  examples: [string, ...string[]];
}

/** Adds a command, with `--json` and its examples below `--help`. */
export function addCommand(
  parent: Command,
  { name, summary = '', description, examples }: CommandText,
): Command {
  return parent
    .command(name)
    .summary(summary)
    .description(description)
    .option('--json', 'print one JSON document')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  timely-sync ${example}`).join('\n')}`);
}

/** Lists the commands below one by name and arguments. Called last, because commands take over what was configured before them. */
export const showArguments = (parent: Command): Command =>
  parent.configureHelp({
    subcommandTerm: (command) => `${command.name()} ${command.usage().replace(/\[options\] ?/, '')}`.trim(),
  });

/** Options that every command takes. */
export interface CommonOptions {
  json?: boolean;
}

/** How a list may be printed. */
const listFormats = ['table', 'json', 'csv'] as const;

/** Options of commands that print a list. */
export interface ListOptions extends CommonOptions {
  output?: (typeof listFormats)[number];
}

/** `--output`, for commands that print a list. */
export const outputOption = (): Option =>
  new Option('--output <format>', 'how the list is printed; --json is short for json')
    .choices(listFormats)
    .conflicts('json');

/** Options of commands that Temporal's UI has a page for. */
export interface WebOption {
  web?: boolean;
}

/** `--web`, for commands that Temporal's UI has a page for. */
export const webOption = ['--web', "open the page of Temporal's UI instead"] as const;

/** Reads a port of at least `least`: 0 takes a free one, where that makes sense. */
export const portNumber =
  (least: 0 | 1) =>
  (text: string): number => {
    const port = Number(text);
    if (/^\d{1,5}$/.test(text) && port >= least && port <= 65_535) return port;
    throw new InvalidArgumentError(`A port is a whole number from ${least} to 65535.`);
  };

/** Reads a number above 0. */
export function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('It is a number above 0.');
  return number;
}
