/** Cursors and places of rounds: JSON, opaque to everybody else. */
import { z } from 'zod';
import type { ReadPlace } from '../../source.ts';
import { readStoredPlace } from '../../stored-place.ts';

/** Ids of deleted objects that a cursor remembers at most, so that the log's overlap asks about each once. */
export const goneMax = 1_000;

const watermark = {
  at: z.iso.datetime(),
  before: z.iso.datetime().nullable(),
  seen: z.iso.datetime({ offset: true }).nullable(),
};
const ids = z.array(z.string());

const usersCursor = z.strictObject({ version: z.literal(2), ...watermark, gone: ids });
export type UsersCursor = z.output<typeof usersCursor>;

const usersPlace = z.strictObject({
  phase: z.enum(['listed', 'deprovisioned', 'changed', 'log']),
  /** Path of the next page; null before the first page of the phase. */
  next: z.string().nullable(),
  /** Null before the first response. */
  at: z.iso.datetime().nullable(),
  seen: watermark.seen,
  /** When the round before began; null in a whole one. */
  before: watermark.before,
  /** People of all pages so far. */
  people: z.int(),
  gone: ids,
});
export type UsersPlace = z.output<typeof usersPlace>;

/** A group whose members are to be read. */
const queuedGroup = z.strictObject({
  id: z.string(),
  /** Its own count of members, and when they changed last; null when it does not say. */
  count: z.int().nullable(),
  changed: z.string().nullable(),
});
export type QueuedGroup = z.output<typeof queuedGroup>;

/** How a group's members were read last. */
const memberRead = z.strictObject({ at: z.iso.datetime(), count: z.int(), changed: z.string().nullable() });
export type MemberRead = z.output<typeof memberRead>;

const groupsCursor = z.strictObject({
  version: z.literal(2),
  ...watermark,
  gone: ids,
  /** When the last whole round began. */
  wholeAt: z.iso.datetime(),
  /** Groups whose members are needed. */
  needed: ids,
  /** By group: reads since, as long as the overlaps may show them again. */
  reads: z.record(z.string(), memberRead),
});
export type GroupsCursor = z.output<typeof groupsCursor>;

const groupsPlace = z.strictObject({
  phase: z.enum(['listed', 'changed', 'log', 'members']),
  next: z.string().nullable(),
  at: z.iso.datetime().nullable(),
  seen: watermark.seen,
  gone: ids,
  queue: z.array(queuedGroup),
  /** Groups of the queue that are done, and members of the next one so far. */
  done: z.int(),
  members: z.int(),
  needed: ids,
  reads: z.record(z.string(), memberRead),
});
export type GroupsPlace = z.output<typeof groupsPlace>;

export const readUsersCursor = (text: string) => readStoredPlace(text, usersCursor, 'Okta');
export const readUsersPlace = ({ next }: ReadPlace) => readStoredPlace(next, usersPlace, 'Okta');
export const readGroupsCursor = (text: string) => readStoredPlace(text, groupsCursor, 'Okta');
export const readGroupsPlace = ({ next }: ReadPlace) => readStoredPlace(next, groupsPlace, 'Okta');
