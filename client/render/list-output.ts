/** Lists: as a table for people, as one JSON document, or as CSV. */
import { shownTexts } from '../../domain/shown-text.ts';
import type { ListOptions } from '../command.ts';
import { csv } from './csv.ts';
import { printResult, type Session } from './output.ts';

/** The texts of a list: for people, and as rows below titles. */
export interface ListTexts<Document> {
  textOf: (shown: Document) => string;
  titles: readonly string[];
  rowsOf: (shown: Document) => unknown[][];
}

/** Prints a list in the format that was asked for. */
export function printList<Document>(
  session: Session,
  { json, output = json ? 'json' : 'table' }: ListOptions,
  document: Document,
  { textOf, titles, rowsOf }: ListTexts<Document>,
): void {
  if (output === 'csv') session.out(csv(titles, rowsOf(shownTexts(document))));
  else printResult(session, output === 'json', document, textOf);
}

/** Titles and rows of things by some of their fields. */
export function fieldsOf<Item extends object, Field extends keyof Item & string>(
  fields: readonly Field[],
): { titles: readonly Field[]; rows: (items: readonly Item[]) => unknown[][] } {
  return { titles: fields, rows: (items) => items.map((item) => fields.map((field) => item[field])) };
}
