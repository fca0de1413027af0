/** Cursors and places of the streams, as the store keeps them: opaque to everybody else. */
import { z } from 'zod';
import { listPlaceSchema } from '../../scim/list-place.ts';
import type { ReadPlace } from '../../source.ts';
import { readStoredPlace } from '../../stored-place.ts';
import { recentChanges } from './recent-changes.ts';

const watermark = { at: z.iso.datetime(), seen: z.iso.datetime().nullable() };

const usersCursor = z.strictObject({ version: z.literal(1), ...watermark, recent: recentChanges });
export type UsersCursor = z.output<typeof usersCursor>;

const usersPlace = z.strictObject({
  list: listPlaceSchema,
  /** Null before the first response. */
  at: watermark.at.nullable(),
  seen: watermark.seen,
  recent: recentChanges,
  /** Records so far that do not fit. */
  odd: z.int(),
});
export type UsersPlace = z.output<typeof usersPlace>;

/** How a group's members were read last. */
const memberRead = z.strictObject({
  /** What of the group changes with its members. */
  mark: z.string(),
  /** The mark may stay the same although members changed since. */
  isUnsettled: z.boolean(),
});
export type MemberRead = z.output<typeof memberRead>;

const groupsCursor = z.strictObject({
  version: z.literal(1),
  ...watermark,
  /** By group whose members are needed. */
  reads: z.record(z.string(), memberRead),
});
export type GroupsCursor = z.output<typeof groupsCursor>;

const groupsPlace = z.strictObject({
  /** Null once the list is read. */
  list: listPlaceSchema.nullable(),
  at: watermark.at.nullable(),
  seen: watermark.seen,
  /** Groups whose members are to be read. */
  queue: z.array(z.string()),
  /** Those of the queue that are done. */
  done: z.int(),
  reads: z.record(z.string(), memberRead),
});
export type GroupsPlace = z.output<typeof groupsPlace>;

export const readUsersCursor = (text: string) => readStoredPlace(text, usersCursor, 'SAP');
export const readUsersPlace = ({ next }: ReadPlace) => readStoredPlace(next, usersPlace, 'SAP');
export const readGroupsCursor = (text: string) => readStoredPlace(text, groupsCursor, 'SAP');
export const readGroupsPlace = ({ next }: ReadPlace) => readStoredPlace(next, groupsPlace, 'SAP');
