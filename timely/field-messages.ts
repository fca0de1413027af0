import type { ResponseBody } from './http.ts';

const longestText = 200;
const longestFieldName = 40;
const mostMessages = 20;

/**
 * Timely's messages by field, out of the body of a refusal: `errors` as text, list, or object of either, `{message}`,
 * `error` with `error_description`, or plain text (docs/reference/timely-api.md section 6). What names no field is
 * under `message`. Texts are cut to a sane length, and addresses and whatever looks like a token are masked: they are
 * shown to people.
 */
export function readFieldMessages(body: ResponseBody): Record<string, string[]> {
  if (body.kind === 'text') return { message: [clean(body.text, longestText)] };
  if (body.kind !== 'json') return {};
  const byField = new Map<string, string[]>();
  for (const [field, text] of [...messagesIn(refusalIn(body.value), '')].slice(0, mostMessages)) {
    byField.set(field, [...(byField.get(field) ?? []), text]);
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
  if (typeof value === 'string' && value.trim() !== '') yield [field || 'message', clean(value, longestText)];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const named = !Array.isArray(value) && key !== 'message';
    yield* messagesIn(inner, named ? clean(key, longestFieldName) : field);
  }
}

function clean(text: string, longest: number): string {
  const masked = text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/[^\s"'<>(),;:]+@[^\s"'<>(),;:]+/g, '(address)')
    .replace(/[\w.~+/=-]{32,}/g, '(hidden)')
    .trim();
  return masked.length > longest ? `${masked.slice(0, longest - 1)}…` : masked;
}
