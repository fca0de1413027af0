import type { ResponseBody } from './exchange.ts';

const textLengthMax = 200;
const fieldNameLengthMax = 40;
const messagesMax = 20;
/** Enough of a text to find what is masked in the part that is shown. */
const readMax = 4_000;

/**
 * Timely's messages by field, from the body of a refusal: `errors` as text, list, or object of either, `{message}`,
 * `error` with `error_description`, or plain text (docs/reference/timely-api.md section 6). A message without a field
 * is under `message`. People see these texts, so they are shortened, and addresses and anything that looks like a token
 * are masked.
 */
export function readFieldMessages(body: ResponseBody): Record<string, string[]> {
  if (body.kind === 'text') return { message: [clean(body.text, textLengthMax)] };
  if (body.kind !== 'json') return {};
  const byField = new Map<string, string[]>();
  let messages = 0;
  for (const [field, text] of messagesIn(refusalIn(body.value), '')) {
    byField.set(field, [...(byField.get(field) ?? []), text]);
    messages += 1;
    if (messages === messagesMax) break;
  }
  return Object.fromEntries(byField);
}

/** One line for people: `email: is not valid; name: has digits`. */
export function describeFields(fields: Record<string, string[]>): string {
  const lines = Object.entries(fields).map(([field, texts]) =>
    field === 'message' ? texts.join(', ') : `${field}: ${texts.join(', ')}`,
  );
  return lines.join('; ') || 'it gave no reason';
}

function refusalIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('errors' in value) return value.errors;
  if ('error_description' in value) return value.error_description;
  if ('error' in value) return value.error;
  return 'message' in value ? value.message : null;
}

function* messagesIn(value: unknown, field: string): Generator<[field: string, text: string]> {
  if (typeof value === 'string' && value.trim() !== '')
    yield [field || 'message', clean(value, textLengthMax)];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const named = !Array.isArray(value) && key !== 'message';
    yield* messagesIn(inner, named ? clean(key, fieldNameLengthMax) : field);
  }
}

function clean(text: string, lengthMax: number): string {
  const masked = text
    .slice(0, readMax)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/[^\s"'<>(),;:]+/g, (word) => (word.slice(1, -1).includes('@') ? '(address)' : word))
    .replace(/[\w.~+/=-]{32,}/g, '(hidden)')
    .trim();
  return masked.length > lengthMax ? `${masked.slice(0, lengthMax - 1)}…` : masked;
}
