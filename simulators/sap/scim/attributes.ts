/** `attributes` and `excludedAttributes` of SCIM requests. */

import { isRecord } from '../../simulated-response.ts';
import { urns } from '../directory/schemas.ts';
import type { ScimResource } from '../directory/shown.ts';

/** Always in a response. */
const always = ['schemas', 'id'];
const corePrefixes = [urns.user, urns.group].map((urn) => `${urn}:`.toLowerCase());

export interface AttributeSelection {
  attributes: string[];
  excludedAttributes: string[];
}

/** Returns the selection of a query, in lower case: SCIM's names have any. */
export const selectionOf = (query: URLSearchParams): AttributeSelection => ({
  attributes: names(query.get('attributes')),
  excludedAttributes: names(query.get('excludedAttributes')),
});

const names = (list: string | null): string[] =>
  (list ?? '')
    .split(',')
    .map((name) => withoutCore(name.trim().toLowerCase()))
    .filter((name) => name !== '');

const withoutCore = (name: string) => {
  const prefix = corePrefixes.find((core) => name.startsWith(core));
  return prefix === undefined ? name : name.slice(prefix.length);
};

/** Returns the children attribute of SAP's group extension, which is to be asked for. */
export const asksForChildren = ({ attributes }: AttributeSelection): boolean =>
  attributes.includes(`${urns.sapGroup}:children`.toLowerCase());

/** Returns the selected attributes of a resource. */
export function selected(resource: ScimResource, selection: AttributeSelection): ScimResource {
  const { attributes, excludedAttributes } = selection;
  if (attributes.length > 0) return only(resource, attributes);
  return excludedAttributes.length > 0 ? without(resource, excludedAttributes) : resource;
}

function only(resource: ScimResource, wanted: string[]): ScimResource {
  const shown: ScimResource = {};
  for (const [key, value] of Object.entries(resource)) {
    if (always.includes(key) || wanted.includes(key.toLowerCase())) {
      shown[key] = value;
      continue;
    }
    const inner = innerNames(key, wanted);
    if (inner.length > 0) shown[key] = eachValue(value, (part) => picked(part, inner));
  }
  return shown;
}

function without(resource: ScimResource, unwanted: string[]): ScimResource {
  const shown: ScimResource = {};
  for (const [key, value] of Object.entries(resource)) {
    if (!always.includes(key) && unwanted.includes(key.toLowerCase())) continue;
    const inner = innerNames(key, unwanted);
    shown[key] = inner.length === 0 ? value : eachValue(value, (part) => omitted(part, inner));
  }
  return shown;
}

/** Returns the names below a key: after a dot, or after the colon of an extension. */
function innerNames(key: string, paths: string[]): string[] {
  const prefix = `${key.toLowerCase()}${key.startsWith('urn:') ? ':' : '.'}`;
  return paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
}

const eachValue = (value: unknown, change: (part: ScimResource) => ScimResource): unknown => {
  if (Array.isArray(value)) return value.map((part) => (isRecord(part) ? change(part) : part));
  return isRecord(value) ? change(value) : value;
};

const firstPart = (path: string) => path.split('.')[0] ?? path;
const picked = (part: ScimResource, inner: string[]) =>
  Object.fromEntries(
    Object.entries(part).filter(([name]) => inner.map(firstPart).includes(name.toLowerCase())),
  );
const omitted = (part: ScimResource, inner: string[]) =>
  Object.fromEntries(Object.entries(part).filter(([name]) => !inner.includes(name.toLowerCase())));
