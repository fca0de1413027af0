import { jsonText } from '../../domain/shown-text.ts';
import { documentJsonSchema, documents } from '../documents/documents.ts';
import { usageError } from '../exit-codes.ts';
import type { Session } from '../render/output.ts';

/** Prints the JSON Schema of one command's document, or of all by the names of their commands. */
export function runSchema(session: Session, words: string[]): void {
  const command = words.join(' ');
  const document = documents.get(command);
  if (command !== '' && !document)
    throw usageError(
      `"${command}" has no published document. Commands are: ${[...documents.keys()].join(', ')}.`,
    );
  const schemas = [...documents].map(([name, each]) => [name, documentJsonSchema(name, each)]);
  session.out(
    `${jsonText(document ? documentJsonSchema(command, document) : Object.fromEntries(schemas))}\n`,
  );
}
