/** Cursors and places of rounds, as a source has written them: JSON, opaque to everybody else. */
import type { z } from 'zod';
import { CursorExpiredError } from '../domain/errors.ts';

/** `directory`: its name, for the message. @throws CursorExpiredError when another version has written the text */
export function readStoredPlace<Content>(
  text: string,
  schema: z.ZodType<Content>,
  directory: string,
): Content {
  const content = schema.safeParse(jsonOf(text));
  if (content.success) return content.data;
  throw new CursorExpiredError(`The cursor of ${directory} is of another version.`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
