/** Rewrites columns of the rows that may mention a person, a few hundred rows at a time. */
import { type SQL, sql } from 'drizzle-orm';
import type { Named } from '../../domain/journal/mentions.ts';
import { inSets, type Store } from '../database.ts';

/** Columns of a table, as PostgreSQL returns them. */
type Row = Record<string, unknown>;

export interface Rewriting {
  table: string;
  /** Columns that are searched, and may be rewritten. */
  columns: readonly string[];
  /** Columns that `rewrite` needs besides. */
  also?: readonly string[];
  /** Rows that are read in any case: people have typed into them, in any spelling, which PostgreSQL does not compare. */
  typed?: SQL;
  /** Set in each rewritten row. */
  set?: SQL;
  /** The columns that change; null when the row does not mention the person. */
  rewrite(row: Row): Row | null;
}

const rowsAtOnce = 500;

/**
 * Rewrites what mentions the person, and returns the rows as they were. PostgreSQL only narrows down: it finds the person's
 * texts anywhere, also in keys and in other words, and `rewrite` decides.
 */
export async function rewriteRows(
  store: Store,
  tenant: string,
  person: Named,
  { table, columns, also = [], typed = sql`false`, set, rewrite }: Rewriting,
): Promise<Row[]> {
  const name = sql.identifier(table);
  const text = sql.join(
    columns.map((column) => sql`${sql.identifier(column)}::text`),
    sql`, `,
  );
  const { rows: candidates } = await store.execute<{ place: string }>(sql`
    select ctid::text as place from ${name} where tenant = ${tenant} and (${typed} or exists (
      select from unnest(${sql.param(searchedTexts(person))}::text[]) as searched
      where strpos(lower(concat_ws(' ', ${text})), lower(searched)) > 0))
    for update`);
  const rewritten: Row[] = [];
  const read = sql.join(
    [...columns, ...also].map((column) => sql.identifier(column)),
    sql`, `,
  );
  for (const places of inSets(candidates, ({ place }) => place, rowsAtOnce)) {
    const { rows } = await store.execute<Row>(sql`
      select ctid::text as place, ${read} from ${name} where ctid = any(${sql.param(places)}::tid[])`);
    for (const row of rows) {
      const changed = rewrite(row);
      if (changed === null) continue;
      const values = Object.entries(changed).map(([column, value]) => assignment(column, value));
      const assignments = sql.join([...values, ...(set ? [set] : [])], sql`, `);
      await store.execute(sql`update ${name} set ${assignments} where ctid = ${row.place}::tid`);
      rewritten.push(row);
    }
  }
  return rewritten;
}

const assignment = (column: string, value: unknown) =>
  typeof value === 'object' && value !== null
    ? sql`${sql.identifier(column)} = ${JSON.stringify(value)}::jsonb`
    : sql`${sql.identifier(column)} = ${value}`;

/** As they stand in the text of JSON as well. */
function searchedTexts({ id, addresses, names, timelyIds }: Named): string[] {
  const texts = [id, ...addresses, ...names, ...timelyIds.map(String)];
  return [...new Set(texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]))];
}
