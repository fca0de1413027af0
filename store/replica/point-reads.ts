/** What a round asks the directory about single objects, and what it does with a second witness. */
import type { DirectoryPage } from '../../directory/source.ts';
import type { Membership } from '../../domain/people/directory.ts';
import type { Store } from '../database.ts';
import { noteOddRecords } from './odd-records.ts';
import type { StreamKey } from './replica.ts';
import { departures, replaceMemberships, stageEntries } from './staged-entries.ts';

/** What the directory says right now, asked about single objects. */
export interface PointReads {
  /** One entry for each id: the person, or their removal; and those whom the directory hides. */
  people(ids: string[]): Promise<Pick<DirectoryPage, 'entries' | 'odd'>>;
  /** Those of the groups that exist. */
  groups(ids: string[]): Promise<string[]>;
  /** Those of the memberships that exist. */
  memberships(asked: Membership[]): Promise<Membership[]>;
  /** Those of the memberships that exist by what the members say. Absent: the directory has no such second witness. */
  witnessed?(asked: Membership[]): Promise<Membership[]>;
}

/**
 * Keeps memberships that the round reports as gone while the members themselves still have them. Such a group was not listed
 * whole. Groups in it cannot speak for themselves, so they stay until it is.
 */
export async function keepWitnessed(
  store: Store,
  round: StreamKey,
  { witnessed }: Pick<PointReads, 'witnessed'>,
): Promise<void> {
  if (witnessed === undefined) return;
  const departed = await departures(store, round);
  const people = departed.filter(({ memberKind }) => memberKind === 'user');
  const existing = people.length === 0 ? [] : await witnessed(people);
  if (existing.length === 0) return;
  const cutOff = new Set(existing.map(({ groupId }) => groupId));
  const groups = departed.filter(({ groupId, memberKind }) => memberKind === 'group' && cutOff.has(groupId));
  await replaceMemberships(store, round, [...existing, ...groups], () => true);
}

/** Adds what the directory says about people whom a whole list left out. */
export async function stageLeftOut(
  store: Store,
  round: StreamKey,
  people: Pick<DirectoryPage, 'entries' | 'odd'>,
): Promise<void> {
  await stageEntries(store, round, people.entries);
  await noteOddRecords(store, round, people);
}
