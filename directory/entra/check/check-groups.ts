/** Checks that Entra ID has each group of the tenant file, once, and shows its members. */
import { z } from 'zod';
import type { CheckResult } from '../../../domain/contract/check.ts';
import { foldText, isGuid } from '../../../domain/text.ts';
import { groupLines } from '../../group-lines.ts';
import type { SelfTest } from '../../source.ts';
import { sendAll } from '../graph/batch.ts';
import { type GraphClient, readResponse } from '../graph/graph-client.ts';
import { type GraphCall, isMissingObject } from '../graph/graph-errors.ts';
import { hidesMembers } from '../read/delta.ts';
import { hidingPermission, visibleGroups } from '../read/members.ts';

const byIdCall: GraphCall = { operation: 'GET /groups/{id}', permission: 'GroupMember.Read.All' };
const byNameCall: GraphCall = { operation: 'GET /groups', permission: 'GroupMember.Read.All' };

const group = z
  .object({ id: z.string(), displayName: z.string().nullish(), visibility: z.string().nullish() })
  .transform(({ id, displayName, visibility }) => ({
    id,
    name: displayName ?? '',
    hides: hidesMembers(visibility ?? null),
  }));
const groupList = z.object({ value: z.array(group) });
type FoundGroup = z.output<typeof group>;

/** A line for each group that is missing, ambiguous or hidden; one line when all are there. */
export async function checkGroups(
  graph: GraphClient,
  { groups: names, boundGroups = new Map() }: Pick<SelfTest, 'groups' | 'boundGroups'>,
): Promise<CheckResult[]> {
  const found = await findGroups(graph, names, boundGroups);
  const visible = new Set(
    await visibleGroups(
      graph,
      found.filter(({ hides }) => hides).map(({ id }) => id),
    ),
  );
  const groups = found.map(({ id, name, hides }) => ({ id, name, isHidden: hides && !visible.has(id) }));
  return groupLines({ names, boundGroups, groups, hiddenMembership: hidingPermission });
}

/** The groups that the names may mean, each once, though some are found by id and by name. */
async function findGroups(
  graph: GraphClient,
  names: readonly string[],
  boundGroups: ReadonlyMap<string, string>,
): Promise<FoundGroup[]> {
  const ids = [...names.filter(isGuid), ...boundGroups.values()];
  const others = names.filter((name) => !isGuid(name));
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
  const written = new Set(found.map(({ name }) => foldText(name)));
  const lookedFor = others.filter((name) => !written.has(foldText(name)) && !boundGroups.has(foldText(name)));
  found.push(...(await findOtherSpellings(graph, lookedFor)));
  return [...new Map(found.map((each) => [each.id, each])).values()];
}

/** Groups whose names differ in decomposed letters or outer blanks only: the service's `eq` may not find them. */
async function findOtherSpellings(graph: GraphClient, names: readonly string[]): Promise<FoundGroup[]> {
  const requests = names.flatMap((name) => {
    const decomposed = name.normalize('NFD');
    const starts = [...new Set([name, decomposed])].map((each) => groupsRequest('startswith', each));
    return decomposed === name ? starts : [byNameRequest(decomposed), ...starts];
  });
  const responses = await sendAll(graph, requests, byNameCall);
  const wanted = new Set(names.map(foldText));
  return responses
    .flatMap(({ body }) => groupList.safeParse(body).data?.value ?? [])
    .filter(({ name }) => wanted.has(foldText(name)));
}

const select = '$select=id,displayName,visibility';
const byIdRequest = (id: string) => ({ url: `/groups/${encodeURIComponent(id)}?${select}` });
const byNameRequest = (name: string) => groupsRequest('eq', name);

function groupsRequest(operator: 'eq' | 'startswith', name: string) {
  // OData doubles a quote inside a text.
  const text = `'${name.replaceAll("'", "''")}'`;
  const filter = operator === 'eq' ? `displayName eq ${text}` : `startswith(displayName,${text})`;
  return { url: `/groups?$filter=${encodeURIComponent(filter)}&${select}` };
}
