/** PATCH of a SCIM resource, as far as SAP's own clients send it. Made by hand: `scim-patch` brings types of Node along. */
import { filter, parse } from 'scim2-parse-filter';
import { isRecord } from '../../simulated-response.ts';
import { urns } from '../directory/schemas.ts';
import type { ScimResource } from '../directory/shown.ts';
import { scimRefusal } from './errors.ts';

/** Where an operation acts: `keys` lead to a value, or to the entries of a list that `test` selects. */
interface Target {
  keys: string[];
  test: ((entry: unknown) => boolean) | null;
  /** Attribute of the selected entries. */
  sub: string | null;
}

/** Returns the resource after all operations of a PatchOp. */
export function patched(resource: ScimResource, body: unknown): ScimResource {
  const operations =
    isRecord(body) && Array.isArray(body.Operations) ? body.Operations.filter(isRecord) : null;
  if (!operations) throw scimRefusal(400, 'Operations are missing', 'invalidSyntax');
  const result = structuredClone(resource);
  for (const { op, path, value } of operations) {
    const name = String(op).toLowerCase();
    if (typeof path !== 'string') merge(result, value);
    else if (name === 'remove') change(result, targetOf(path), () => undefined);
    else if (name === 'add') change(result, targetOf(path), (before) => added(before, value));
    else change(result, targetOf(path), () => value);
  }
  return result;
}

function merge(resource: ScimResource, value: unknown): void {
  if (!isRecord(value)) throw scimRefusal(400, 'value must be an object', 'invalidValue');
  for (const [name, inner] of Object.entries(value)) resource[name] = added(resource[name], inner);
}

/** Lists grow by what they lack, objects merge, everything else is replaced. */
function added(before: unknown, value: unknown): unknown {
  if (Array.isArray(before)) {
    const known = new Set(before.map(identity));
    return [...before, ...[value].flat().filter((entry) => !known.has(identity(entry)))];
  }
  return isRecord(before) && isRecord(value) ? { ...before, ...value } : value;
}

const identity = (entry: unknown) =>
  isRecord(entry) && 'value' in entry ? entry.value : JSON.stringify(entry);

function targetOf(path: string): Target {
  const extension = /^(urn:.*:(?:User|Group))(?::(.+))?$/i.exec(path);
  const isCore = extension?.[1] === urns.user || extension?.[1] === urns.group;
  const prefix = extension?.[1] && !isCore ? [extension[1]] : [];
  const rest = extension ? (extension[2] ?? '') : path;
  const [, name = '', condition, sub] = /^([^[]*)(?:\[(.*)\](?:\.(.+))?)?$/.exec(rest) ?? [];
  return {
    keys: [...prefix, ...name.split('.').filter((key) => key !== '')],
    test: condition === undefined ? null : filter(parse(condition)),
    sub: sub ?? null,
  };
}

function change(
  resource: ScimResource,
  { keys, test, sub }: Target,
  how: (before: unknown) => unknown,
): void {
  const last = keys.at(-1);
  if (last === undefined) throw scimRefusal(400, 'path is empty', 'invalidPath');
  let holder = resource;
  for (const key of keys.slice(0, -1)) {
    const inner = holder[key];
    holder[key] = isRecord(inner) ? inner : {};
    holder = holder[key] as ScimResource;
  }
  if (test === null) {
    set(holder, last, how(holder[last]));
    return;
  }
  const entries = Array.isArray(holder[last]) ? holder[last] : [];
  const changed = entries.flatMap((entry) => {
    if (!test(entry)) return [entry];
    if (sub !== null && isRecord(entry)) set(entry, sub, how(entry[sub]));
    const after = sub === null ? how(entry) : entry;
    return after === undefined ? [] : [after];
  });
  set(holder, last, changed);
}

function set(holder: ScimResource, key: string, value: unknown): void {
  if (value === undefined) delete holder[key];
  else holder[key] = value;
}
