/** What the conditions under `scope` may ask of the directory that `source` names. */
import type { z } from 'zod';
import { attributeNamed, extensionAttributes, userAttributes } from '../domain/people/attributes.ts';
import { nearestWord } from './schema-parts.ts';

interface Condition {
  where?: Record<string, string[]> | undefined;
  assignedToApp?: true | undefined;
}

interface SourceAndScope {
  source: { type: string; app?: string | undefined };
  scope: { include: Condition[]; exclude: Condition[] };
}

/** The file with the attributes of `where` as the directory names them. What the directory does not have is refused. */
export function knownConditions<File extends SourceAndScope>(
  file: File,
  context: z.core.$RefinementCtx<File>,
): File {
  const { source, scope } = file;
  const refuse = (path: (string | number)[], message: string) =>
    context.issues.push({ code: 'custom', message, path, input: file });
  const known = <Line extends Condition>(lines: Line[], list: 'include' | 'exclude'): Line[] =>
    lines.map((line, index) => {
      const path = ['scope', list, index];
      if (line.assignedToApp && source.type === 'okta' && source.app === undefined) {
        refuse([...path, 'assignedToApp'], 'needs source.app: the id of the app in Okta');
      }
      if (line.assignedToApp && source.type === 'sap') {
        refuse(
          [...path, 'assignedToApp'],
          'SAP does not show who is assigned to an application: name a group instead',
        );
      }
      // A profile in Okta, or a user in SAP, has whatever attributes the customer gives it.
      if (line.where === undefined || source.type !== 'entra') return line;
      return {
        ...line,
        where: graphAttributes(line.where, (name, message) => refuse([...path, 'where', name], message)),
      };
    });
  return {
    ...file,
    scope: { ...scope, include: known(scope.include, 'include'), exclude: known(scope.exclude, 'exclude') },
  };
}

/** The attributes by the names that Microsoft Graph gives them. One that does not exist is refused by name, the first one of them. */
function graphAttributes(
  where: Record<string, string[]>,
  refuse: (written: string, message: string) => void,
): Record<string, string[]> {
  const known = new Map<string, string[]>();
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
