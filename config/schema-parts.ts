/** What the sections of the tenant file are made of. Each part says in its own words what is allowed; none repeats a value. */
import { z } from 'zod';
import { durationPattern } from './duration.ts';
import { nearestWord } from './nearest-word.ts';

/** A mapping whose keys are all known. An unknown key is refused with the nearest known one. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, known) : undefined),
  });
}

function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  const each = keys.map((key) => {
    const nearest = nearestWord(key, known);
    return nearest ? `unknown key "${key}", did you mean "${nearest}"?` : `unknown key "${key}"`;
  });
  return `${each.join('; ')} (known here: ${known.join(', ')})`;
}

/** Text without outer blanks, never empty. */
export const text = z.string().trim().min(1);

/** One value or a list of them; always a list after parsing. */
export function oneOrMore<Value extends string>(item: z.ZodType<Value, string>, what: string) {
  return z
    .union([item, z.array(item).min(1)], { error: `must be ${what}, or a list of them` })
    .transform((value): Value[] => (Array.isArray(value) ? value : [value]));
}

const secretWords =
  'is a secret: it must be a reference, env:NAME or file:/absolute/path, and never stand in this file itself';
/** A reference to a secret. A literal is refused without being repeated. */
export const secretReference = z
  .string({ error: secretWords })
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/\S.*)$/, secretWords);

/** A secret that is read again and again from its file (a federated token is renewed there). */
export const fileReference = z
  .string({ error: 'must be a file reference, file:/absolute/path' })
  .regex(/^file:\/\S.*$/, 'must be a file reference, file:/absolute/path');

const endpointWords = 'must be an https:// address or a reference env:NAME';
/** Where a service is reached: an https address, or the environment variable that holds one. */
export const endpoint = z
  .string({ error: endpointWords })
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|https:\/\/\S+)$/, endpointWords)
  .refine((value) => value.startsWith('env:') || URL.canParse(value), endpointWords);

/** An id as Entra ID shows it: a GUID, or for a tenant one of its domains. */
export const directoryId = z
  .string()
  .trim()
  .regex(/^[0-9A-Za-z][0-9A-Za-z.-]*$/, 'must be an id as the Entra admin center shows it');

export const email = z
  .string()
  .trim()
  .regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address');

export const domain = z
  .string()
  .trim()
  .regex(/^[^\s@.]+(\.[^\s@.]+)+$/, 'must be a domain such as contoso.example, without @');

const durationWords = 'must be a duration such as 30s, 5m, 24h or 7d';
export const duration = z.string({ error: durationWords }).regex(durationPattern, durationWords);

const dateWords = 'must be a date, YYYY-MM-DD';
/** A day of the calendar. */
export const date = z
  .string({ error: dateWords })
  .regex(/^\d{4}-\d{2}-\d{2}$/, dateWords)
  .refine((value) => isCalendarDay(value), 'must be a day that exists, YYYY-MM-DD');

function isCalendarDay(value: string): boolean {
  const moment = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(value);
}

export const count = z.int().min(0);
export const percent = z.number().min(0).max(100);

/** How many of the keys are given. */
export function given<Value extends object>(value: Value, keys: readonly (keyof Value)[]): number {
  return keys.filter((key) => value[key] !== undefined).length;
}
