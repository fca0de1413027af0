/** Filters, as far as SAP is known to understand them (docs/reference/sap.md section 5). */
import { type Filter, filter, parse } from 'scim2-parse-filter';
import type { SapBehaviour } from '../directory/behaviour.ts';
import type { ScimResource } from '../directory/shown.ts';
import { scimRefusal } from './errors.ts';

type Test = (resource: ScimResource) => boolean;

/** Returns the test of a filter; null without one, and for one that is not understood where that is ignored. */
export function filterTest(text: string | null, behaviour: SapBehaviour): Test | null {
  if (text === null || text.trim() === '') return null;
  try {
    const parsed = parse(text);
    if (behaviour.filterOperators === 'few') refuseOthers(parsed);
    return filter(withWholeSeconds(parsed));
  } catch (error) {
    if (behaviour.unknownFilter === 'ignored') return null;
    throw scimRefusal(400, `Invalid filter: ${error instanceof Error ? error.message : ''}`, 'invalidFilter');
  }
}

const times = ['meta.lastmodified', 'meta.created'];

function refuseOthers(part: Filter): void {
  if (part.op === 'and' || part.op === 'or') {
    part.filters.forEach(refuseOthers);
    return;
  }
  const isTime = part.op === 'gt' && times.includes(part.attrPath.toLowerCase());
  if (part.op !== 'eq' && !isTime) throw new Error(`operator ${part.op} is not supported`);
}

/** Writes times like those of the resources, which have no fractions: `gt` compares texts. */
function withWholeSeconds(part: Filter): Filter {
  if (part.op === 'and' || part.op === 'or') return { ...part, filters: part.filters.map(withWholeSeconds) };
  if (part.op === 'not') return { ...part, filter: withWholeSeconds(part.filter) };
  if (!('compValue' in part) || !times.includes(part.attrPath.toLowerCase())) return part;
  const time = new Date(String(part.compValue));
  if (Number.isNaN(time.getTime())) throw new Error(`${String(part.compValue)} is no time`);
  return { ...part, compValue: `${time.toISOString().slice(0, 19)}Z` };
}
