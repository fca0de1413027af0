/**
 * What was posted when the session had ended: it is kept, sealed, in the browser until the person has signed in again. A form
 * posts to the address of its own page, which gets it back as `context.var.kept` and fills it in again.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { dropCookie, readCookie, writeCookie } from './cookies.ts';
import type { ConsoleContext } from './deps.ts';
import { formTokenField } from './form-token.ts';

const keptSeconds = 600;
/** Browsers keep cookies of 4 KB, and the name, the sealing and base64 take their part. */
const bytesMax = 2_200;
/** What a form can have at most (worker/console/app.ts). */
const openedMax = 262_144;
/** Strangers can send forms too, and the page that shows one again takes its time for each field. */
const fieldsMax = 4_000;

const kept = z.object({ path: z.string(), form: z.string() });

/** Keeps a form. False when it is too large: then nothing is kept. */
export async function keepForm(context: ConsoleContext, fields: URLSearchParams): Promise<boolean> {
  const text = fields.toString();
  // Longer than it came in: bytes that were sent as they are have become three characters each.
  if (text.length > openedMax) return false;
  const form = deflateRawSync(text).toString('base64');
  if (form.length > bytesMax) return false;
  await writeCookie(context, 'kept form', { path: context.req.path, form }, keptSeconds);
  return true;
}

/** The form that was kept for the page of a request, which is shown once. */
export async function takeKeptForm(context: ConsoleContext): Promise<URLSearchParams | null> {
  const { data } = kept.safeParse(await readCookie(context, 'kept form'));
  if (data?.path !== context.req.path) return null;
  dropCookie(context, 'kept form');
  const text = inflateRawSync(Buffer.from(data.form, 'base64'), { maxOutputLength: openedMax });
  return new URLSearchParams(text.toString('utf8'));
}

/** A posted form: its token, and its other fields. Null when it has more fields than any of ours. */
export async function postedFields(
  context: ConsoleContext,
): Promise<{ token: string | null; fields: URLSearchParams } | null> {
  const text = await context.req.text();
  if (text.split('&', fieldsMax + 1).length > fieldsMax) return null;
  const fields = new URLSearchParams(text);
  const token = fields.get(formTokenField);
  fields.delete(formTokenField);
  return { token, fields };
}
