/** Rounds of the stream of people (docs/reference/okta-and-sap.md section 1.3). */
import { z } from 'zod';
import { readRecords } from '../../odd-records.ts';
import { refusedStart } from '../../read-resume.ts';
import type { DirectoryEntry, DirectoryPage, ReadPlace, ReadPlan } from '../../source.ts';
import { changesSince, isoOf, later } from '../../watermark.ts';
import type { OktaClient } from '../client/okta-client.ts';
import type { OktaCall } from '../client/okta-errors.ts';
import { followList, type ListPage, pageLimit } from '../client/paging.ts';
import { eventsSince } from './clock.ts';
import type { Deletions } from './deletions.ts';
import { targetsOf, userDeletions } from './log.ts';
import { type OktaUser, oktaUser, type PeopleRules, personPatch } from './people.ts';
import { peopleById } from './people-by-id.ts';
import { goneMax, readUsersCursor, readUsersPlace, type UsersCursor, type UsersPlace } from './places.ts';
import type { RecentEvents } from './recent-events.ts';

const call: OktaCall = { operation: 'GET /users', scope: 'okta.users.read' };

export interface UsersRound {
  okta: OktaClient;
  cursor: string | null;
  plan: ReadPlan;
  place: ReadPlace | null;
  rules: PeopleRules;
  deletions: Pick<Deletions, 'note'>;
  recent: RecentEvents;
}

/**
 * One round. A whole one has two lists, because the plain one leaves out who was deactivated. One of changes has who was
 * updated, and then the deletions of the log, each confirmed by id.
 */
export async function* readUsers(read: UsersRound): AsyncGenerator<DirectoryPage, void, undefined> {
  const { okta, place } = read;
  const cursor = read.cursor === null ? null : readUsersCursor(read.cursor);
  let state = place === null ? firstPlace(cursor) : readUsersPlace(place);
  const before = place?.pages ?? 0;
  let pages = before;
  try {
    for (;;) {
      const phase =
        state.phase === 'log'
          ? deletionPages(read, state, cursor)
          : listPages(read, listOf(okta, state, cursor), state, () => pages);
      for await (const page of phase) {
        pages += 1;
        state = page.state;
        yield page.page;
        if (page.page.nextCursor !== null) return;
      }
    }
  } catch (error) {
    throw pages === before ? refusedStart(error, { stream: 'users', cursor: read.cursor, place }) : error;
  }
}

interface PageAndState {
  page: DirectoryPage;
  state: UsersPlace;
}

const firstPlace = (cursor: UsersCursor | null): UsersPlace => ({
  phase: cursor === null ? 'listed' : 'changed',
  next: null,
  at: null,
  seen: cursor?.seen ?? null,
  before: cursor?.at ?? null,
  people: 0,
  gone: cursor?.gone ?? [],
});

function listOf(okta: OktaClient, { phase, next }: UsersPlace, cursor: UsersCursor | null) {
  const since = cursor ? changesSince(cursor) : isoOf(0);
  const filters = { deprovisioned: 'status eq "DEPROVISIONED"', changed: `lastUpdated gt "${since}"` };
  const filter = phase === 'deprovisioned' || phase === 'changed' ? filters[phase] : null;
  const first = `/users?limit=${pageLimit}${filter === null ? '' : `&filter=${encodeURIComponent(filter)}`}`;
  return followList(okta, next ?? first, z.unknown(), call);
}

/** What comes behind the last page of a phase; null when the round ends. */
const nextPhase = { listed: 'deprovisioned', deprovisioned: null, changed: 'log', log: null } as const;

async function* listPages(
  { plan, rules }: UsersRound,
  list: AsyncIterable<ListPage<unknown>>,
  begun: UsersPlace,
  pages: () => number,
): AsyncGenerator<PageAndState, void, undefined> {
  let state = begun;
  for await (const { items, next, sentAtMs } of list) {
    const { fitting, odd } = readRecords(items, oktaUser, pages() + 1);
    const kept = odd.flatMap(({ objectId }): DirectoryEntry[] =>
      objectId === null ? [] : [{ type: 'person', id: objectId, patch: {} }],
    );
    const entries = [
      ...fitting.map(
        (user): DirectoryEntry => ({ type: 'person', id: user.id, patch: personPatch(user, plan, rules) }),
      ),
      ...kept,
    ];
    const people = state.people + items.length;
    const at = state.at ?? isoOf(sentAtMs ?? Date.now());
    state = { ...state, next, at, seen: latestOf(fitting, state.seen), people };
    const doubts = [...emptyDoubts(state), ...profileDoubts(fitting.length, items.length)];
    yield ended(state, { entries, doubts, ...(odd.length > 0 && { odd }) });
    if (next === null) return;
  }
}

async function* deletionPages(
  { okta, plan, rules, deletions, recent }: UsersRound,
  begun: UsersPlace,
  cursor: UsersCursor | null,
): AsyncGenerator<PageAndState, void, undefined> {
  const at = begun.at ?? isoOf(Date.now());
  const since = cursor ? eventsSince(cursor) : isoOf(0);
  const events = await recent.read({ since, at, cycle: plan.cycle });
  const named = targetsOf(events, userDeletions, 'User');
  deletions.note(named);
  const asked = named.filter((id) => !begun.gone.includes(id));
  const found = await peopleById(okta, asked);
  const entries = asked.map((id, index): DirectoryEntry => {
    const user = found[index];
    return user
      ? { type: 'person', id, patch: personPatch(user, plan, rules) }
      : { type: 'removed', stream: 'users', id, purged: true };
  });
  const gone = asked.filter((_, index) => !found[index]);
  yield ended({ ...begun, gone: [...begun.gone, ...gone].slice(-goneMax) }, { entries, doubts: [] });
}

/** The page, with the place behind it, or the cursor when it is the last one. */
function ended(state: UsersPlace, page: Pick<DirectoryPage, 'entries' | 'doubts' | 'odd'>): PageAndState {
  const phase = state.next === null ? nextPhase[state.phase] : state.phase;
  const { at, before, seen, gone } = state;
  if (phase === null) {
    const cursor: UsersCursor = { version: 2, at: at ?? isoOf(Date.now()), before, seen, gone };
    return { page: { stream: 'users', ...page, next: null, nextCursor: JSON.stringify(cursor) }, state };
  }
  const behind = { ...state, phase };
  return {
    page: { stream: 'users', ...page, next: JSON.stringify(behind), nextCursor: null },
    state: behind,
  };
}

const latestOf = (users: readonly OktaUser[], seen: string | null): string | null =>
  users.reduce((latest, { lastUpdated }) => later(latest, lastUpdated), seen);

/** An app without an administrator role gets no error but an empty list (docs/reference/okta-and-sap.md section 1.4). */
const emptyDoubts = ({ phase, next, people }: UsersPlace): string[] =>
  phase === 'listed' && next === null && people === 0
    ? [
        'Okta listed no people at all, which proves nothing: the service app has probably lost its role Read-only Administrator.',
      ]
    : [];

function profileDoubts(fitting: number, all: number): string[] {
  if (all < 2 || fitting * 2 >= all) return [];
  return [
    `${all - fitting} of ${all} people came without what every person has: the administrator role of the service app has probably changed.`,
  ];
}
