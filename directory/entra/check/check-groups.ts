/** Checks that Entra ID has each group of the tenant file, once. */
import { z } from 'zod';
import { type CheckResult, checkError, checkOk } from '../../../domain/contract/check.ts';
import { groupResolver } from '../../../domain/people/membership.ts';
import { sendAll } from '../graph/batch.ts';
import { type GraphClient, readResponse } from '../graph/graph-client.ts';
import { type GraphCall, isMissingObject } from '../graph/graph-errors.ts';

const byIdCall: GraphCall = { operation: 'GET /groups/{id}', permission: 'GroupMember.Read.All' };
const byNameCall: GraphCall = { operation: 'GET /groups', permission: 'GroupMember.Read.All' };

const group = z
  .object({ id: z.string(), displayName: z.string().nullish() })
  .transform(({ id, displayName }) => ({ id, name: displayName ?? '' }));
const groupList = z.object({ value: z.array(group) });
const objectId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A line for each group that is missing or ambiguous; one line when all are there. */
export async function checkGroups(graph: GraphClient, names: string[]): Promise<CheckResult[]> {
  if (names.length === 0) return [checkOk('groups', 'The tenant file names no group.')];
  const ids = names.filter((name) => objectId.test(name));
  const others = names.filter((name) => !objectId.test(name));
  const [byId, byName] = await Promise.all([
    sendAll(graph, ids.map(byIdRequest), byIdCall),
    sendAll(graph, others.map(byNameRequest), byNameCall),
  ]);
  const found = [
    ...byId.flatMap((response) =>
      isMissingObject(response) ? [] : [readResponse(response, group, byIdCall)],
    ),
    ...byName.flatMap((response) => readResponse(response, groupList, byNameCall).value),
  ];
  // A group may be found both by its id and by its name.
  const resolve = groupResolver([...new Map(found.map((each) => [each.id, each])).values()]);
  const problems = names.flatMap((name): CheckResult[] => {
    const resolution = resolve(name);
    if (resolution.kind === 'found') return [];
    if (resolution.kind === 'missing') return [missing(name)];
    return [ambiguous(name, resolution.groups.length)];
  });
  return problems.length > 0
    ? problems
    : [checkOk('groups', `All named groups exist, each once: ${names.length}.`)];
}

const missing = (name: string) =>
  checkError(
    'groups',
    `The directory has no group "${name}".`,
    'Correct the tenant file, or create the group. The sync removes no user while a named group is missing.',
  );
const ambiguous = (name: string, count: number) =>
  checkError('groups', `${count} groups are named "${name}".`, 'Write the object id of the intended group.');

const select = '$select=id,displayName';
const byIdRequest = (id: string) => ({ url: `/groups/${encodeURIComponent(id)}?${select}` });
/** OData doubles a quote inside a text. */
const byNameRequest = (name: string) => ({
  url: `/groups?$filter=${encodeURIComponent(`displayName eq '${name.replaceAll("'", "''")}'`)}&${select}`,
});
