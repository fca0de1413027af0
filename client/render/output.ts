/** Where a command writes: results on standard output, everything else on standard error. */
import { jsonText, shownTexts } from '../../domain/shown-text.ts';
import type { ExitCode } from '../exit-codes.ts';
import { fitted } from './wrapped-text.ts';

export { table } from './table.ts';

/** One of several things to choose from. */
export interface Choice<Value extends string> {
  value: Value;
  label: string;
}

/** A person at a terminal. */
export interface Watcher {
  /** Asks a yes-or-no question; false as well when they press Ctrl-C. */
  confirm(question: string): Promise<boolean>;
  /** Lets them choose one of several; null when they press Ctrl-C. */
  choose<Value extends string>(question: string, choices: Choice<Value>[]): Promise<Value | null>;
  /** Replaces the line of progress; null clears it. */
  progress(text: string | null): void;
  /** Calls with each key that is pressed, until the returned function is called. */
  onKey(pressed: (key: string) => void): () => void;
  /** Whether the terminal can show a line that moves. */
  canMove: boolean;
}

export interface LineOptions {
  /** What Enter alone means. A terminal shows it as typed. */
  otherwise?: string | undefined;
  /** Takes the question back. */
  signal?: AbortSignal;
}

/** What a command runs with. */
export interface Session {
  /** Writes to standard output: results, and with `--json` one document and nothing else. */
  out(text: string): void;
  /** Writes to standard error: errors, and on a terminal messages. */
  err(text: string): void;
  /** Returns a line that a person types or pastes after the question, or that is piped in; null when none comes. */
  readLine(question: string, options?: LineOptions): Promise<string | null>;
  /** Null without a terminal: then nothing is asked and no progress is shown. */
  watcher: Watcher | null;
  /** Width for tables. */
  columns: number;
  /** Height of the terminal; null where the output goes elsewhere. */
  rows: number | null;
  /** Set by a command that ends otherwise than "done". */
  exitCode: ExitCode;
}

/**
 * Prints a command's result: the document with `--json`, the text for people otherwise. The text is made of a copy of the document
 * whose texts are on one line each, so that none begins a line of its own.
 */
export function printResult<Document>(
  session: Session,
  json: boolean | undefined,
  document: Document,
  textOf: (shown: Document) => string,
): void {
  if (json) session.out(`${jsonText(document)}\n`);
  else printText(session, textOf(shownTexts(document)));
}

/** Prints a text for people. A file or another program gets each sentence on one line. */
export function printText({ out, watcher, columns }: Session, text: string): void {
  out(`${watcher === null ? text : fitted(text, columns)}\n`);
}

/** Writes a message on a terminal; nothing without one. */
export function say(session: Session, text: string): void {
  if (session.watcher) session.err(`${text}\n`);
}
