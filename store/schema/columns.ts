/** Column types that the tables share. */
import { customType, timestamp } from 'drizzle-orm/pg-core';
import { z } from 'zod';

/** A moment with its time zone. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/**
 * A `jsonb` column whose values are proven by a schema when they are read: a restored backup or a statement by hand may hold
 * anything. Reading throws zod's error when a value does not fit.
 */
export function json<Value>(schema: z.ZodType<Value>, name?: string) {
  const column = customType<{ data: Value }>({
    dataType: () => 'jsonb',
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (value) => schema.parse(value),
  });
  return name === undefined ? column() : column(name);
}

/**
 * Any JSON object. Its readers check each field that they take, so a column with a row for each person costs nothing more
 * (`npm run bench` reads 100,000 of them).
 */
export const jsonObject = customType<{ data: Record<string, unknown> }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (value) => (isRecord(value) ? value : z.record(z.string(), z.unknown()).parse(value)),
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
