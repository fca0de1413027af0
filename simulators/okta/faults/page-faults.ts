/** Faults of pages: wrong links, missing and wrong entries. */
import type { FaultDefinition } from '../../faults.ts';
import { sampler } from '../../page-rewrites.ts';
import { isRecord, type SimulatedRequest, type SimulatedResponse } from '../../simulated-response.ts';

export type OktaPageFault =
  | 'emptyList'
  | 'nextMissing'
  | 'repeatCursor'
  | 'foreignNextLink'
  | 'fewerObjects'
  | 'fewerMembers'
  | 'movedToNextPage'
  | 'movedToReadPage'
  | 'missingFields'
  | 'htmlInValues'
  | 'logDoubled'
  | 'logGap'
  | 'logUnordered'
  | 'staleList';

type Entry = Record<string, unknown>;

const nextPattern = /, <([^>]*)>; rel="next"/;

/** Entries of a list, those of a page in the body too. */
function entriesOf({ json }: SimulatedResponse): Entry[] | null {
  const list = isRecord(json) ? json.value : json;
  return Array.isArray(list) ? list.filter(isRecord) : null;
}

const withEntries = (response: SimulatedResponse, entries: Entry[]): SimulatedResponse => ({
  ...response,
  json: isRecord(response.json) ? { ...response.json, value: entries } : entries,
});

/** Changes the entries of a list; null when the change does not apply to it. */
const rewriteEntries =
  (change: (entries: Entry[], response: SimulatedResponse, request: SimulatedRequest) => Entry[] | null) =>
  (response: SimulatedResponse, request: SimulatedRequest): SimulatedResponse | null => {
    const entries = response.status === 200 ? entriesOf(response) : null;
    const changed = entries && change(entries, response, request);
    return changed && withEntries(response, changed);
  };

/** Returns the next link of a page, wherever it is. */
function nextOf({ headers, json }: SimulatedResponse): string | undefined {
  const inBody =
    isRecord(json) && isRecord(json._links) && isRecord(json._links.next) && json._links.next.href;
  return typeof inBody === 'string' ? inBody : nextPattern.exec(headers?.link ?? '')?.[1];
}

/** Changes the next link, or leaves it out; null when there is none to change. */
const rewriteNext =
  (change: (link: string, request: SimulatedRequest) => string | null | 'as it is') =>
  (response: SimulatedResponse, request: SimulatedRequest): SimulatedResponse | null => {
    const before = response.status === 200 ? nextOf(response) : undefined;
    const after = before === undefined ? 'as it is' : change(before, request);
    if (after === 'as it is') return null;
    if (isRecord(response.json))
      return {
        ...response,
        json: { ...response.json, _links: after === null ? {} : { next: { href: after } } },
      };
    const link = response.headers?.link ?? '';
    const changed = link.replace(nextPattern, after === null ? '' : `, <${after}>; rel="next"`);
    return { ...response, headers: { ...response.headers, link: changed } };
  };

const leaveOut = (percent: number) => {
  const isLeftOut = sampler(percent);
  return rewriteEntries((entries) => {
    const kept = entries.filter(() => !isLeftOut());
    return kept.length < entries.length ? kept : null;
  });
};

const isFirstPage = ({ query }: SimulatedRequest) => !query.has('after');

/** Puts markup around the texts of a profile. */
function marked(entry: Entry): Entry {
  if (!isRecord(entry.profile)) return entry;
  const profile = Object.entries(entry.profile).map(([name, value]) => {
    const isText = typeof value === 'string' && !['login', 'email', 'secondEmail'].includes(name);
    return [name, isText ? `<script>alert(1)</script><b>${value}</b>` : value];
  });
  return { ...entry, profile: Object.fromEntries(profile) };
}

export const oktaPageFaultTable: Record<OktaPageFault, FaultDefinition> = {
  emptyList: {
    about: '200 with an empty list and no next link, as for an app without an administrator role.',
    operation: 'users.list',
    make: () => ({ rewrite: emptied }),
  },
  nextMissing: {
    about: 'A page that is not the last one has no next link.',
    make: () => ({ rewrite: rewriteNext(() => null) }),
  },
  repeatCursor: {
    about: 'The next link of a page leads to the same page.',
    make: () => ({
      rewrite: rewriteNext((_, request) => (isFirstPage(request) ? 'as it is' : request.url)),
    }),
  },
  foreignNextLink: {
    about: 'The next link leads to another `host` (https://okta.attacker.example).',
    make: ({ host = 'https://okta.attacker.example' }) => ({
      rewrite: rewriteNext((link) => link.replace(/^https:\/\/[^/]+/, host)),
    }),
  },
  fewerObjects: {
    about: 'Leaves `percent` (30) of the entries out of lists of users and groups, which end properly.',
    operation: '*.list',
    make: ({ percent = 30 }) => ({ rewrite: leaveOut(percent) }),
  },
  fewerMembers: {
    about: 'Leaves `percent` (30) of the members of groups out of lists, which end properly.',
    operation: 'groups.members',
    make: ({ percent = 30 }) => ({ rewrite: leaveOut(percent) }),
  },
  movedToNextPage: {
    about: 'Repeats the last entry of each page on the next one, as if it moved between two reads.',
    make: () => {
      let last: Entry | undefined;
      return {
        rewrite: rewriteEntries((entries, response, request) => {
          const moved = isFirstPage(request) ? undefined : last;
          last = nextOf(response) === undefined ? undefined : entries.at(-1);
          return moved ? [moved, ...entries] : null;
        }),
      };
    },
  },
  movedToReadPage: {
    about: 'Leaves out the first entry of each later page, as if it moved to a page that was read before.',
    make: () => ({
      rewrite: rewriteEntries((entries, _, request) =>
        isFirstPage(request) || entries.length === 0 ? null : entries.slice(1),
      ),
    }),
  },
  missingFields: {
    about: 'Users come without status, and with a profile that has only a name.',
    operation: 'users.*',
    make: () => ({ rewrite: withoutFields }),
  },
  htmlInValues: {
    about: 'Texts of profiles hold markup.',
    make: () => ({
      rewrite: rewriteEntries((entries) =>
        entries.some(({ profile }) => profile) ? entries.map(marked) : null,
      ),
    }),
  },
  logDoubled: {
    about: 'The System Log lists each event twice.',
    operation: 'logs.list',
    make: () => ({
      rewrite: rewriteEntries((entries) =>
        entries.length > 0 ? entries.flatMap((entry) => [entry, entry]) : null,
      ),
    }),
  },
  logGap: {
    about: 'Leaves `percent` (100) of the events out of the System Log; its cursor goes on.',
    operation: 'logs.list',
    make: ({ percent = 100 }) => ({ rewrite: leaveOut(percent) }),
  },
  logUnordered: {
    about: 'Lists the events of each page of the System Log the other way round.',
    operation: 'logs.list',
    make: () => ({
      rewrite: rewriteEntries((entries) => (entries.length > 1 ? entries.toReversed() : null)),
    }),
  },
  staleList: {
    about:
      'Lists of users and members show what was true a minute ago, or at the start; reads by id are right.',
    make: () => ({}),
  },
};

function emptied(response: SimulatedResponse): SimulatedResponse | null {
  if (response.status !== 200 || !entriesOf(response)?.length) return null;
  const link = (response.headers?.link ?? '').replace(nextPattern, '');
  return { ...withEntries(response, []), headers: { ...response.headers, ...(link ? { link } : {}) } };
}

const bare = ({ status: _, profile, ...entry }: Entry): Entry => ({
  ...entry,
  profile: { displayName: isRecord(profile) ? profile.displayName : null },
});

/** Lists of users and one user; groups are none. */
function withoutFields(response: SimulatedResponse): SimulatedResponse | null {
  const isUser = (entry: unknown): entry is Entry => isRecord(entry) && 'statusChanged' in entry;
  const { json, status } = response;
  if (status !== 200) return null;
  if (isUser(json)) return { ...response, json: bare(json) };
  const entries = Array.isArray(json) ? json.filter(isUser) : [];
  return entries.length > 0 ? { ...response, json: entries.map(bare) } : null;
}
