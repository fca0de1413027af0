/** The attributes that a line with `where` names. */
import type { z } from 'zod';
import { attributeNamed, extensionAttributes, userAttributes } from '../domain/people/attributes.ts';
import { nearestWord } from './schema-parts.ts';

/** The attributes by the names that the directory gives them. An attribute that does not exist is refused by name, the first one of them. */
export function knownAttributes(
  where: Record<string, string[]>,
  context: z.core.$RefinementCtx,
): Record<string, string[]> {
  const known = new Map<string, string[]>();
  const refuse = (written: string, message: string) =>
    context.issues.push({ code: 'custom', message, path: [written], input: where });
  for (const [written, values] of Object.entries(where)) {
    const name = attributeNamed(written);
    if (name === null) {
      refuse(written, unknownAttribute(written));
      // One at a time: to look for the nearest attribute takes its time.
      break;
    }
    if (known.has(name)) refuse(written, `names ${name} a second time`);
    else known.set(name, values);
  }
  return Object.fromEntries(known);
}

function unknownAttribute(written: string): string {
  const nearest = nearestWord(written, [...userAttributes, ...extensionAttributes]);
  const meant = nearest ? `, did you mean "${nearest}"?` : '.';
  return `unknown attribute "${written}"${meant} Known are the user properties of Microsoft Graph with one value or a list of texts, extensionAttribute1 to extensionAttribute15, and directory extensions written extension_<appId>_<name>.`;
}
