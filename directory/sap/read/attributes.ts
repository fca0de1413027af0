/** Attributes of a user by the names that a tenant file gives them. */
import { ConfigurationError } from '../../../domain/errors.ts';

export const sapUserUrn = 'urn:ietf:params:scim:schemas:extension:sap:2.0:User';
export const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const coreUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** Twice as long as any text of a tenant file that it is compared with. */
const attributeMax = 4_000;
/** Objects within objects that are looked into: custom schemas have few levels. */
const depthMax = 3;
/** What identifies a person to SCIM, and what the sync reads in its own way. */
const notAttributes = new Set([
  'schemas',
  'meta',
  'groups',
  'emails',
  'manager',
  'password',
  'passwordDetails',
]);

export type UserAttributes = ReadonlyMap<string, { urn: string; value: string }[]>;

/** Every attribute with one value or a list of plain ones, by its last name and by its whole URN, in small letters. */
export function attributesOf(user: Record<string, unknown>): UserAttributes {
  const found = new Map<string, { urn: string; value: string }[]>();
  const add = (schema: string, name: string, value: string) => {
    const entry = { urn: `${schema}:${name}`, value };
    const names = new Set([lastNameOf(name), name, entry.urn].map((each) => each.toLowerCase()));
    for (const key of names) found.set(key, [...(found.get(key) ?? []), entry]);
  };
  for (const [name, content] of Object.entries(user)) {
    if (isRecord(content) && name.toLowerCase().startsWith('urn:')) collect(add, name, '', content, 0);
  }
  const core = Object.entries(user).filter(([name]) => !name.toLowerCase().startsWith('urn:'));
  collect(add, coreUrn, '', Object.fromEntries(core), 0);
  return found;
}

type Add = (schema: string, name: string, value: string) => void;

function collect(
  add: Add,
  schema: string,
  prefix: string,
  content: Record<string, unknown>,
  depth: number,
): void {
  for (const [name, value] of Object.entries(content)) {
    if (depth === 0 && notAttributes.has(name)) continue;
    const path = `${prefix}${name}`;
    const text = textOf(value);
    if (text !== null) add(schema, path, text);
    else if (isRecord(value) && depth < depthMax) collect(add, schema, `${path}.`, value, depth + 1);
    else if (name === 'attributes' && Array.isArray(value)) addNumbered(add, schema, value);
  }
}

/** `attributes: [{name: customAttribute1, value}]` of the custom extension of before. */
function addNumbered(add: Add, schema: string, list: unknown[]): void {
  for (const entry of list.filter(isRecord)) {
    const text = textOf(entry.value);
    if (typeof entry.name === 'string' && text !== null) add(schema, entry.name, text);
  }
}

/**
 * The value of an attribute by its last name or its whole URN, in any letter case; null where the user has none.
 * @throws ConfigurationError when the name means several
 */
export function attributeOf(attributes: UserAttributes, name: string): string | null {
  const found = attributes.get(name.trim().toLowerCase()) ?? [];
  const urns = [...new Set(found.map(({ urn }) => urn))];
  if (urns.length > 1)
    throw new ConfigurationError(
      `The attribute "${name}" of a where rule means ${urns.length} attributes of SAP.`,
      {
        remedy: `Write one of ${urns.join(' and ')} in its place.`,
      },
    );
  return found[0]?.value ?? null;
}

const lastNameOf = (path: string) => path.slice(path.lastIndexOf('.') + 1);

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value.slice(0, attributeMax);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value) || value.length === 0) return null;
  const texts = value.map((each) =>
    typeof each === 'string' || typeof each === 'number' ? String(each) : null,
  );
  return texts.includes(null) ? null : texts.join(', ').slice(0, attributeMax);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
