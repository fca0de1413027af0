import { z } from 'zod';
import { ConfigurationError, ContractError } from '../../../domain/errors.ts';
import { objectId, readRecords } from '../../odd-records.ts';
import { defaultPagesMax } from '../../paging.ts';
import { isRefusal, refusedStart } from '../../read-resume.ts';
import type { DirectoryEntry, DirectoryPage, DirectoryStream, ReadPlace, ReadPlan } from '../../source.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import type { GraphCall } from '../graph/graph-errors.ts';
import { followPages, nextLink } from '../graph/paging.ts';
import {
  type Completeness,
  graphUser,
  isWithoutData,
  personPatch,
  removedMark,
  shortText,
} from './people.ts';
import { firstRequest } from './properties.ts';

const related = z.object({
  '@odata.type': z.string().nullish(),
  id: objectId,
  '@removed': removedMark.nullish(),
});

const graphGroup = z.looseObject({
  id: objectId,
  displayName: shortText.nullish(),
  visibility: z.string().nullish(),
  'members@delta': z.array(related).nullish(),
  '@removed': removedMark.nullish(),
});
type GraphGroup = z.infer<typeof graphGroup>;

const links = { '@odata.nextLink': nextLink, '@odata.deltaLink': nextLink };
/** Its records are read one by one, so that an odd one costs no other (`odd-records.ts`). */
const recordPage = z.object({ ...links, value: z.array(z.unknown()) });

const calls: Record<DirectoryStream, GraphCall> = {
  users: { operation: 'GET /users/delta', permission: 'User.Read.All' },
  groups: { operation: 'GET /groups/delta', permission: 'GroupMember.Read.All' },
};

export interface DeltaRead {
  graph: GraphClient;
  stream: DirectoryStream;
  /** The delta link of the round before; null reads the stream whole. */
  cursor: string | null;
  plan: ReadPlan;
  /** Where an interrupted round continues; null begins one. */
  place?: ReadPlace | null;
  /** Default: more than any directory has. */
  pagesMax?: number;
}

/**
 * One round of a stream, page by page, as `DirectorySource.read` promises. Entries are in the service's order: any
 * order, and an object may appear several times.
 */
export async function* readDelta(read: DeltaRead): AsyncGenerator<DirectoryPage, void, undefined> {
  const { graph, stream, cursor, plan, place = null, pagesMax = defaultPagesMax } = read;
  const url = place?.next ?? cursor ?? firstRequest(stream, plan);
  const before = place?.pages ?? 0;
  let pages = before;
  try {
    if (stream === 'users') {
      const completeness: Completeness = cursor === null ? 'whole' : 'changes';
      for await (const page of followPages(graph, url, recordPage, calls.users, pagesMax - before)) {
        pages += 1;
        const { fitting, odd } = readRecords(page.value, graphUser, pages);
        const kept = odd.flatMap(({ objectId }): DirectoryEntry[] =>
          objectId === null ? [] : [{ type: 'person', id: objectId, patch: {} }],
        );
        const entries = [...fitting.map((user) => personEntry(user, plan, completeness)), ...kept];
        const doubts = doubtsOf(fitting, completeness, pages);
        yield { stream, entries, ...linksOf(page), doubts, ...(odd.length > 0 && { odd }) };
      }
    } else {
      for await (const page of followPages(graph, url, recordPage, calls.groups, pagesMax - before)) {
        pages += 1;
        const { fitting, odd } = readRecords(page.value, graphGroup, pages);
        const groups = [...fitting, ...odd.flatMap(({ record }) => readableMembers(record))];
        const doubts = groupDoubtsOf(fitting, pages);
        const entries = groups.flatMap(groupEntries);
        yield { stream, entries, ...linksOf(page), doubts, ...(odd.length > 0 && { odd }) };
      }
    }
  } catch (error) {
    throw pages === before ? firstRequestError(error, read) : error;
  }
}

/**
 * A page has a link to the next page or to the next round, never both (docs/reference/microsoft-graph.md section 1.3).
 */
function linksOf(page: z.infer<typeof recordPage>): Pick<DirectoryPage, 'next' | 'nextCursor'> {
  const { '@odata.deltaLink': nextCursor = null, '@odata.nextLink': next = null } = page;
  if (nextCursor !== null && next !== null) {
    throw new ContractError(
      'A delta page has both a nextLink and a deltaLink, so it is unclear where the round ends.',
    );
  }
  return { next, nextCursor };
}

function personEntry(
  user: z.infer<typeof graphUser>,
  plan: ReadPlan,
  completeness: Completeness,
): DirectoryEntry {
  return user['@removed']
    ? removal('users', user.id, user['@removed'])
    : { type: 'person', id: user.id, patch: personPatch(user, plan, completeness) };
}

const listedMembers = z.looseObject({
  id: objectId,
  'members@delta': z.array(z.unknown()).nullish().catch(null),
});

/** What a record of a group that does not fit says about its members: those that can be read count. */
function readableMembers(record: unknown): GraphGroup[] {
  const group = listedMembers.safeParse(record).data;
  if (!group) return [];
  const members = (group['members@delta'] ?? []).flatMap((member) => related.safeParse(member).data ?? []);
  return [{ id: group.id, 'members@delta': members }];
}

function groupEntries(group: GraphGroup): DirectoryEntry[] {
  if (group['@removed']) return [removal('groups', group.id, group['@removed'])];
  const { displayName, visibility } = group;
  const patch = {
    ...(displayName != null && { name: displayName }),
    ...(visibility != null && { hidesMembers: hidesMembers(visibility) }),
  };
  const members = (group['members@delta'] ?? []).flatMap((member): DirectoryEntry[] => {
    const memberKind = memberKindOf(member['@odata.type']);
    if (!memberKind) return [];
    const removed = member['@removed'] != null;
    return [{ type: 'member', groupId: group.id, memberId: member.id, memberKind, removed }];
  });
  return [{ type: 'group', id: group.id, patch }, ...members];
}

/** docs/reference/microsoft-graph.md section 2.2 */
export const hidesMembers = (visibility: string | null): boolean =>
  visibility?.toLowerCase() === 'hiddenmembership';

/**
 * `changed` is a soft deletion that may be restored, `deleted` a permanent one
 * (docs/reference/microsoft-graph.md section 1.4).
 */
function removal(stream: DirectoryStream, id: string, mark: z.infer<typeof removedMark>): DirectoryEntry {
  return { type: 'removed', stream, id, purged: mark.reason === 'deleted' };
}

function doubtsOf(users: z.infer<typeof graphUser>[], completeness: Completeness, page: number): string[] {
  const live = users.filter((user) => !user['@removed']);
  const empty = live.filter((user) => isWithoutData(user, completeness)).length;
  if (empty === 0) return [];
  return [
    `${empty} of ${live.length} people on page ${page} came without any names: ` +
      'the application has probably lost the permission User.Read.All.',
  ];
}

/** Every group has a name. Pages that only add members leave it out, but no page has null. */
function groupDoubtsOf(groups: GraphGroup[], page: number): string[] {
  const live = groups.filter((group) => !group['@removed']);
  const nameless = live.filter((group) => group.displayName === null).length;
  if (nameless === 0) return [];
  return [
    `${nameless} of ${live.length} groups on page ${page} came without a name: ` +
      'the application has probably lost the permission GroupMember.Read.All.',
  ];
}

/** Microsoft Graph names the first property that it does not know. */
function unknownAttributes({ message }: Error, { attributes }: ReadPlan): string {
  const named = /property named '([^']+)'/.exec(message)?.[1];
  return named === undefined
    ? `Entra ID cannot read people with the attributes ${attributes.join(', ')}.`
    : `Entra ID has no attribute ${named}, which a \`where\` rule names.`;
}

/**
 * What a refused first request means. How a malformed or foreign delta token is refused, and how long a link to a next page
 * stays valid, is not documented (docs/reference/microsoft-graph.md section 13, question 1).
 */
function firstRequestError(error: unknown, { stream, cursor, plan, place = null }: DeltaRead): unknown {
  const isFirst = place === null && cursor === null;
  if (isFirst && isRefusal(error) && stream === 'users' && plan.attributes.length > 0) {
    return new ConfigurationError(unknownAttributes(error, plan), {
      cause: error,
      remedy:
        'Check the names under `where` in the tenant file: they are user properties of Microsoft Graph.',
    });
  }
  return refusedStart(error, { stream, cursor, place });
}

/** Null for devices, contacts and service principals, which do not matter here. An entry without a type is a user. */
export function memberKindOf(type: string | null | undefined): 'user' | 'group' | null {
  switch (type?.toLowerCase()) {
    case undefined:
    case '#microsoft.graph.user':
    case '#microsoft.graph.agentuser':
      return 'user';
    case '#microsoft.graph.group':
      return 'group';
    default:
      return null;
  }
}
