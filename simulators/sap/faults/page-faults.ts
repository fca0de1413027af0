/** Faults of lists and of what they hold: wrong totals, wrong ids of pages, missing entries. */
import type { FaultDefinition } from '../../faults.ts';
import { type JsonObject, rewriteBody, rewriteList } from '../../page-rewrites.ts';
import { isRecord, type SimulatedRequest } from '../../simulated-response.ts';
import { scimError } from '../scim/errors.ts';

export type SapPageFault =
  | 'pageLeftOut'
  | 'totalWrong'
  | 'totalMoves'
  | 'totalMissing'
  | 'movedToNextPage'
  | 'movedToReadPage'
  | 'repeatCursor'
  | 'nextIdMissing'
  | 'startIdInvalid'
  | 'fewerObjects'
  | 'fewerMembers'
  | 'userGroupsMissing'
  | 'activeMissing'
  | 'emptyList';

/** Chooses objects by their id, so that they are the same ones in each response. */
export const isLeftOut = (id: string, percent: number): boolean =>
  Number.parseInt(id.slice(0, 8), 16) % 100 < percent;

type Entry = JsonObject;

const rewriteEntries = rewriteList('Resources');

/** Changes each object of a list or of a single read; null when it applies to none. */
const rewriteObjects = (change: (object: Entry) => Entry | null) =>
  rewriteBody((body) => {
    if (!Array.isArray(body.Resources)) return change(body);
    const entries = body.Resources.filter(isRecord);
    const changed = entries.map((entry) => change(entry) ?? entry);
    return changed.some((entry, index) => entry !== entries[index]) ? { ...body, Resources: changed } : null;
  });

const startIdOf = ({ query }: SimulatedRequest) => query.get('startId');
const isLaterPage = (request: SimulatedRequest) =>
  startIdOf(request) === null
    ? Number(request.query.get('startIndex') ?? 1) > 1
    : startIdOf(request) !== 'initial';

const withTotal = (by: (request: SimulatedRequest) => number) =>
  rewriteBody((body, request) => {
    const more = by(request);
    if (typeof body.totalResults !== 'number' || more === 0) return null;
    return { ...body, totalResults: Math.max(0, body.totalResults + more) };
  });

/** Leaves an attribute out of `percent` of the users. */
const withoutOfUsers = (name: string, percent = 100) =>
  rewriteObjects((object) => {
    if (!(name in object) || !isLeftOut(String(object.id), percent)) return null;
    const { [name]: _, ...rest } = object;
    return rest;
  });

export const sapPageFaultTable: Record<SapPageFault, FaultDefinition> = {
  pageLeftOut: {
    about: 'The nextId of a page leads past the next page; totalResults counts it.',
    operation: '*.list',
    make: () => ({}),
  },
  totalWrong: {
    about: 'totalResults is off by `by` (-1) on every page.',
    operation: '*.list',
    make: ({ by = -1 }) => ({ rewrite: withTotal(() => by) }),
  },
  totalMoves: {
    about: 'totalResults of later pages differs by `by` (1) from that of the first.',
    operation: '*.list',
    make: ({ by = 1 }) => ({ rewrite: withTotal((request) => (isLaterPage(request) ? by : 0)) }),
  },
  totalMissing: {
    about: 'Lists have no totalResults.',
    operation: '*.list',
    make: () => ({
      rewrite: rewriteBody(({ totalResults, ...body }) => (totalResults === undefined ? null : body)),
    }),
  },
  movedToNextPage: {
    about: 'Repeats the last entry of each page on the next one: one id twice.',
    operation: '*.list',
    make: () => {
      let last: Entry | undefined;
      return {
        rewrite: rewriteEntries((entries, body, request) => {
          const moved = isLaterPage(request) ? last : undefined;
          last = body.nextId === 'end' ? undefined : entries.at(-1);
          return moved ? [moved, ...entries] : null;
        }),
      };
    },
  },
  movedToReadPage: {
    about: 'Leaves out the first entry of each later page, as if it moved to a page that was read before.',
    operation: '*.list',
    make: () => ({
      rewrite: rewriteEntries((entries, _body, request) =>
        isLaterPage(request) && entries.length > 0 ? entries.slice(1) : null,
      ),
    }),
  },
  repeatCursor: {
    about: 'The nextId of each later page leads to the same page.',
    operation: '*.list',
    make: () => ({
      rewrite: rewriteBody((body, request) =>
        isLaterPage(request) && 'nextId' in body ? { ...body, nextId: startIdOf(request) } : null,
      ),
    }),
  },
  nextIdMissing: {
    about: 'Pages by id have no nextId.',
    operation: '*.list',
    make: () => ({ rewrite: rewriteBody(({ nextId, ...body }) => (nextId === undefined ? null : body)) }),
  },
  startIdInvalid: {
    about: '400 "Invalid startId" for each later page.',
    operation: '*.list',
    make: () => ({
      instead: (request) =>
        startIdOf(request) !== null && isLaterPage(request) ? scimError(400, 'Invalid startId') : null,
    }),
  },
  fewerObjects: {
    about: 'Leaves `percent` (30) of the objects out of lists and totals, as after a change of policies.',
    operation: '*.list',
    make: () => ({}),
  },
  fewerMembers: {
    about: 'Leaves `percent` (30) of the members out of groups; the groups of users stay.',
    operation: 'groups.*',
    make: ({ percent = 30 }) => ({
      rewrite: rewriteObjects(({ members, ...group }) => {
        if (!Array.isArray(members)) return null;
        const kept = members.filter(({ value }) => !isLeftOut(value, percent));
        return kept.length < members.length ? { ...group, members: kept } : null;
      }),
    }),
  },
  userGroupsMissing: {
    about: 'Users come without their groups.',
    operation: 'users.*',
    make: () => ({ rewrite: withoutOfUsers('groups') }),
  },
  activeMissing: {
    about: '`percent` (100) of the users come without `active`.',
    operation: 'users.*',
    make: ({ percent }) => ({ rewrite: withoutOfUsers('active', percent) }),
  },
  emptyList: {
    about: 'Lists hold nothing: 200, totalResults 0, no Resources.',
    operation: '*.list',
    make: () => ({
      rewrite: rewriteBody(({ Resources: _, ...body }) => ({
        ...body,
        totalResults: 0,
        ...('nextId' in body ? { nextId: 'end' } : {}),
      })),
    }),
  },
};
