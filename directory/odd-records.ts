/** Records of a page, read one by one: an odd one is left out and named (docs/reference/rules.md section 1.8). */
import { z } from 'zod';
import type { OddRecord } from './source.ts';

/** Ids of directories have 20 to 36 characters. PostgreSQL has no index of texts beyond some thousand. */
export const objectId = z.string().min(1).max(500);

const identified = z.looseObject({ id: objectId });

interface OddPageRecord extends OddRecord {
  /** Null when not even the id can be read. */
  objectId: string | null;
  record: unknown;
}

/** The records that fit the schema, and the others with the property that does not fit. */
export function readRecords<Content>(
  records: unknown[],
  schema: z.ZodType<Content>,
  page: number,
): { fitting: Content[]; odd: OddPageRecord[] } {
  const fitting: Content[] = [];
  const odd: OddPageRecord[] = [];
  for (const [index, record] of records.entries()) {
    const parsed = schema.safeParse(record);
    if (parsed.success) {
      fitting.push(parsed.data);
      continue;
    }
    const id = identified.safeParse(record).data?.id ?? null;
    const problem = parsed.error.issues[0]?.path.join('.') || 'the record itself';
    odd.push({ id: id ?? `record ${index + 1} of page ${page}`, objectId: id, problem, record });
  }
  return { fitting, odd };
}
