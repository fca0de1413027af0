/** The journal as a file for other programs, sent while it is read: it may be larger than what a worker holds. */
import { ReadableStream } from 'node:stream/web';
import { csvRows } from '../../../client/render/csv.ts';
import { historyColumns } from '../../../client/render/history-file.ts';
import type { JournalLine } from '../../../domain/contract/journal-line.ts';
import { jsonText } from '../../../domain/shown-text.ts';

export const journalFormats = { csv: 'text/csv; charset=utf-8', json: 'application/json' } as const;
export type JournalFormat = keyof typeof journalFormats;

/**
 * The bytes of the file, as `timely-sync history --out` writes them: the same titles and cells, the same JSON. An error of a later
 * page breaks the stream off, so that nobody takes a part for the whole.
 * @throws what the first page throws
 */
export async function journalFile(
  format: JournalFormat,
  pages: AsyncGenerator<JournalLine[], void>,
): Promise<ReadableStream<Uint8Array>> {
  const first = await pages.next();
  const parts = { csv: csvParts, json: jsonParts }[format](first.value ?? [], pages);
  return ReadableStream.from(encoded(parts));
}

async function* csvParts(first: JournalLine[], others: AsyncIterable<JournalLine[]>) {
  yield csvRows([[...historyColumns.titles]]);
  yield csvRows(historyColumns.rows(first));
  for await (const lines of others) yield csvRows(historyColumns.rows(lines));
}

async function* jsonParts(first: JournalLine[], others: AsyncIterable<JournalLine[]>) {
  yield '{"entries": [';
  yield linesOf(first);
  for await (const lines of others) yield lines.length === 0 ? '' : `,${linesOf(lines)}`;
  yield '\n]}\n';
}

const linesOf = (lines: JournalLine[]) => lines.map((line) => `\n${jsonText(line, 0)}`).join(',');

async function* encoded(parts: AsyncIterable<string>) {
  const encoder = new TextEncoder();
  for await (const part of parts) yield encoder.encode(part);
}
