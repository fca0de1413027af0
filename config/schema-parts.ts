/** The parts of the sections of the tenant file. Each part says what is allowed; none repeats a value. */
import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { deciderAddressRule, isDeciderAddress } from '../domain/approvals/decider-name.ts';
import { groupNamedBy } from '../domain/approvals/deciders.ts';
import { durationPattern } from './duration.ts';
import { keyLengthMax } from './file/read-yaml.ts';

/** A mapping whose keys are all known. An unknown key is refused with the nearest known one. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, known) : undefined),
  });
}

/** Unknown keys of one mapping that are named. */
const unknownShown = 5;
/** Longer than any known key, and than nearly every name of a group. */
const wordMax = 64;

function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  const each = keys.slice(0, unknownShown).map((key) => {
    const nearest = nearestWord(key, known);
    const unknown = `unknown key "${key.slice(0, keyLengthMax)}"`;
    return nearest ? `${unknown}, did you mean "${nearest}"?` : unknown;
  });
  if (keys.length > each.length) each.push(`and ${keys.length - each.length} more`);
  return `${each.join('; ')} (known here: ${known.join(', ')})`;
}

/** The known word that was most likely meant, or null when none is near. Upper and lower case count as the same. */
export function nearestWord(word: string, known: readonly string[]): string | null {
  // Longer inputs cannot be near any key, and would only cost time.
  if (word.length > wordMax) return null;
  const ranked = known
    .filter((candidate) => Math.abs(candidate.length - word.length) <= editsMax(candidate))
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits);
  const best = ranked[0];
  return best && best.edits <= editsMax(best.candidate) ? best.candidate : null;
}

/** Ends a sentence about a word that is not known. */
export function meantText(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known);
  return nearest === null ? '.' : `: did you mean "${nearest}"?`;
}

const editsMax = (candidate: string) => Math.max(2, candidate.length / 3);

/** Text without leading and trailing blanks, never empty. */
export const text = z.string().trim().min(1);

/** One value or a list of them; always a list after parsing. */
export function oneOrMore<Value extends string>(item: z.ZodType<Value, string>, what: string) {
  return z
    .union([item, z.array(item).min(1)], { error: `must be ${what}, or a list of them` })
    .transform((value): Value[] => (Array.isArray(value) ? value : [value]));
}

const secretRule =
  'is a secret: it must be a reference, env:NAME or file:/absolute/path, not the secret itself';
const missingSecretRule = 'is missing: it must be a reference to a secret, env:NAME or file:/absolute/path';
/**
 * A reference to a secret. A literal is refused, and the message does not repeat it. Only the set-up in the browser makes
 * `store:` references, so the message does not offer them.
 */
export const secretReference = z
  .string({ error: ({ input }) => (input === undefined ? missingSecretRule : secretRule) })
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/\S.*|store:[a-z][a-z0-9-]{0,59})$/, secretRule);

/** A secret that is read from its file each time it is used: a federated token is renewed there. */
export const fileReference = z
  .string({ error: 'must be a file reference, file:/absolute/path' })
  .regex(/^file:\/\S.*$/, 'must be a file reference, file:/absolute/path');

const endpointRule = 'must be an https:// address without user and password, or a reference env:NAME';
/** The address of a service: https, or the environment variable that holds it. */
export const endpoint = z
  .string({ error: endpointRule })
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|https:\/\/\S+)$/, { error: endpointRule, abort: true })
  .refine((value) => value.startsWith('env:') || isPlainAddress(value), endpointRule);

/** No request can send a user or password that stands in its address. */
export function isPlainAddress(text: string): boolean {
  if (!text.startsWith('https://') || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** An id as Entra ID shows it: a GUID, or one of its domains for a tenant. */
export const directoryId = z
  .string()
  .trim()
  .regex(/^[0-9A-Za-z][0-9A-Za-z.-]*$/, 'must be an id as the Entra admin center shows it');

/** The host of a service, as a web address has it. */
export const hostName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/,
    'must be a host such as contoso.okta.com, without https:// and path',
  );

/** An id as Okta's admin console shows it. */
export const oktaId = z
  .string()
  .trim()
  .regex(/^[0-9A-Za-z_-]+$/, "must be an id as Okta's admin console shows it");

/** A client id as SAP's administration console shows it. */
export const sapClientId = z
  .string()
  .trim()
  .regex(/^[0-9A-Za-z._~-]+$/, "must be a client id as SAP's administration console shows it");

const attributeRule = 'must be the name of a directory attribute';
/** A colon is in the URNs of SCIM. */
export const attributeName = z.string().regex(/^[A-Za-z][-A-Za-z0-9_./:]*$/, attributeRule);

const emailPattern = /^[^\s@]+@[^\s@]+$/;
export const email = z.string().trim().regex(emailPattern, 'must be an e-mail address');
const isEmail = (value: string) => emailPattern.test(value.trim());

/** A person by address, or everyone in a group of the directory: `group:NAME`, by name or object id. */
export const personOrGroup = text.refine(
  (value) => groupNamedBy(value) !== null || (isEmail(value) && isDeciderAddress(value)),
  { error: ({ input }) => (isEmail(String(input)) ? deciderAddressRule : personOrGroupRule) },
);
const personOrGroupRule = 'must be an e-mail address, or group:NAME for a group of the directory';

export const domain = z
  .string()
  .trim()
  .regex(/^[^\s@.]+(\.[^\s@.]+)+$/, 'must be a domain such as contoso.example, without @');

const durationRule = 'must be a duration such as 30s, 5m, 24h or 7d';
export const duration = z.string({ error: durationRule }).regex(durationPattern, durationRule);

const dateRule = 'must be a date, YYYY-MM-DD';
/** A calendar day. */
export const date = z
  .string({ error: dateRule })
  .regex(/^\d{4}-\d{2}-\d{2}$/, { error: dateRule, abort: true })
  .refine((value) => isCalendarDay(value), 'must be a day that exists, YYYY-MM-DD');

function isCalendarDay(value: string): boolean {
  const moment = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(value);
}

export const count = z.int().min(0);
export const percent = z.number().min(0).max(100);

/** How many of the keys are present. */
export function given<Value extends object>(value: Value, keys: readonly (keyof Value)[]): number {
  return keys.filter((key) => value[key] !== undefined).length;
}
