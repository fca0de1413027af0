/** Faults of delta pages: wrong links, wrong entries, missing entries. */

import type { FaultDefinition } from '../../faults.ts';
import { type JsonObject, rewriteBody, rewriteList, sampler } from '../../page-rewrites.ts';
import { isRecord, type SimulatedRequest } from '../../simulated-response.ts';

export type PageFault =
  | 'emptyPage'
  | 'replay'
  | 'lag'
  | 'lastPageMissing'
  | 'repeatCursor'
  | 'foreignNextLink'
  | 'wallOfNulls'
  | 'fewerObjects'
  | 'fewerMembers'
  | 'movedToNextPage'
  | 'movedToReadPage'
  | 'liveAndRemoved'
  | 'membersBothWays';

type Entry = JsonObject;

const rewriteEntries = rewriteList('value');

/** Sets all properties but id and links to null. Removed entries stay as they are. */
function nulled(entry: Entry): Entry {
  if ('@removed' in entry) return entry;
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [key, key === 'id' || key.includes('@') ? value : null]),
  );
}

const isFirstPage = ({ url }: SimulatedRequest) => !url.includes('skiptoken');

export const pageFaultTable: Record<PageFault, FaultDefinition> = {
  emptyPage: {
    about: 'A delta page with no entries and a nextLink, as Graph may send at any time.',
    operation: '*.delta',
    make: () => ({}),
  },
  replay: {
    about: 'A later round repeats every earlier change, as Graph may do.',
    operation: '*.delta',
    make: () => ({}),
  },
  lag: {
    about: 'A later round does not yet list the changes; the round of its deltaLink does.',
    operation: '*.delta',
    make: () => ({}),
  },
  lastPageMissing: {
    about: 'The last page of a delta round has neither nextLink nor deltaLink.',
    make: () => ({
      rewrite: rewriteBody(({ '@odata.deltaLink': link, ...body }) => (link === undefined ? null : body)),
    }),
  },
  repeatCursor: {
    about: 'The nextLink of a page leads to the same page.',
    make: () => ({
      rewrite: rewriteBody((body, request) =>
        '@odata.nextLink' in body && !isFirstPage(request)
          ? { ...body, '@odata.nextLink': request.url }
          : null,
      ),
    }),
  },
  foreignNextLink: {
    about: 'The nextLink leads to another `host` (https://graph.attacker.example).',
    make: ({ host = 'https://graph.attacker.example' }) => ({
      rewrite: rewriteBody((body) => {
        const link = body['@odata.nextLink'];
        if (typeof link !== 'string') return null;
        return { ...body, '@odata.nextLink': link.replace(/^https:\/\/[^/]+/, host) };
      }),
    }),
  },
  wallOfNulls: {
    about: '200 with all properties null, as after the loss of a permission.',
    make: () => ({
      rewrite: rewriteEntries((entries) => (entries.length > 0 ? entries.map(nulled) : null)),
    }),
  },
  fewerObjects: {
    about: 'Leaves `percent` (30) of the live objects out of delta rounds, which end properly.',
    operation: '*.delta',
    make: ({ percent = 30 }) => {
      const isLeftOut = sampler(percent);
      // A large group continues on the next page, which has to leave it out as well.
      const decided = new Map<unknown, boolean>();
      const leaveOut = ({ id }: Entry) => {
        const decision = decided.get(id) ?? isLeftOut();
        decided.set(id, decision);
        return decision;
      };
      return {
        rewrite: rewriteEntries((entries) => {
          const kept = entries.filter((entry) => '@removed' in entry || !leaveOut(entry));
          return kept.length < entries.length ? kept : null;
        }),
      };
    },
  },
  fewerMembers: {
    about: 'Leaves `percent` (30) of the memberships out of each delta round, which ends properly.',
    operation: 'groups.delta',
    make: ({ percent = 30 }) => {
      const isLeftOut = sampler(percent);
      return {
        rewrite: rewriteEntries((entries) => {
          const lists = entries.filter((entry) => Array.isArray(entry['members@delta']));
          if (lists.length === 0) return null;
          return entries.map((entry) => {
            const members = entry['members@delta'];
            return Array.isArray(members)
              ? { ...entry, 'members@delta': members.filter(() => !isLeftOut()) }
              : entry;
          });
        }),
      };
    },
  },
  movedToNextPage: {
    about: 'Repeats the last entry of each page on the next one, as if it moved between two reads.',
    operation: '*.delta',
    make: () => {
      let last: Entry | undefined;
      return {
        rewrite: rewriteEntries((entries, body, request) => {
          const moved = isFirstPage(request) ? undefined : last;
          last = '@odata.nextLink' in body ? entries.at(-1) : undefined;
          return moved ? [moved, ...entries] : null;
        }),
      };
    },
  },
  movedToReadPage: {
    about: 'Leaves out the first entry of each later page, as if it moved to a page that was read before.',
    operation: '*.delta',
    make: () => ({
      rewrite: rewriteEntries((entries, _body, request) =>
        isFirstPage(request) || entries.length === 0 ? null : entries.slice(1),
      ),
    }),
  },
  liveAndRemoved: {
    about: 'Lists each live object of a delta page as removed too, before or after its entry.',
    operation: '*.delta',
    make: () => {
      const isInFront = sampler(50);
      return {
        rewrite: rewriteEntries((entries) => {
          const live = entries.filter((entry) => !('@removed' in entry));
          if (live.length === 0) return null;
          const removals = live.map(({ id }): Entry => ({ id, '@removed': { reason: 'changed' } }));
          const inFront = removals.filter(isInFront);
          return [...inFront, ...entries, ...removals.filter((removal) => !inFront.includes(removal))];
        }),
      };
    },
  },
  membersBothWays: {
    about: 'Lists each member of a group as removed too, before or after its entry.',
    operation: 'groups.delta',
    make: () => {
      const isInFront = sampler(50);
      const both = (members: Entry[]) =>
        members.flatMap((member) => {
          const removal = { ...member, '@removed': { reason: 'deleted' } };
          if ('@removed' in member) return [member];
          return isInFront() ? [removal, member] : [member, removal];
        });
      return {
        rewrite: rewriteEntries((entries) => {
          if (!entries.some((entry) => Array.isArray(entry['members@delta']))) return null;
          return entries.map((entry) => {
            const members = entry['members@delta'];
            return Array.isArray(members)
              ? { ...entry, 'members@delta': both(members.filter(isRecord)) }
              : entry;
          });
        }),
      };
    },
  },
};
