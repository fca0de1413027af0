/**
 * What SAP's documents and recordings leave open, or what differs from tenant to tenant. The first value of each is the
 * default (docs/reference/sap.md; the numbers in brackets are its sections).
 */
import { z } from 'zod';

export const sapBehaviour = z.strictObject({
  /** Body of a 401 [8]. */
  unauthorizedBody: z.enum(['scim', 'html', 'empty']),
  /** Body of a 429 [8]. */
  throttledBody: z.enum(['scim', 'html', 'empty']),
  /** `Retry-After` of a 429: none, a date, or seconds [8]. */
  retryAfter: z.union([z.enum(['nothing', 'date']), z.number()]),
  /** How a client certificate is refused: a 401, or the connection is cut after the handshake [8]. */
  certificateRefusal: z.enum(['status', 'connection']),
  /** Whether *Read Users* is enough for `/Groups` too [8]. */
  groupsNeed: z.enum(['Manage Groups', 'Read Users']),
  /** A filter that is not understood [5]. */
  unknownFilter: z.enum(['refused', 'ignored']),
  /** Operators beside `eq`, `and`, `or` and `meta.lastModified gt` [5]. */
  filterOperators: z.enum(['few', 'all']),
  /** `totalResults` on each page, or on the first one only [3]. */
  totalResults: z.enum(['each page', 'first page']),
  /** `Resources` of a list that holds nothing (docs/reference/okta-and-sap.md section 2.2). */
  emptyResources: z.enum(['absent', 'list']),
  /** The object that a page begins with is gone: `Invalid startId`, or the page begins with the next one [3]. */
  vanishedStartId: z.enum(['refused', 'next']),
  /** Display name of a person without one [2]. */
  noDisplayName: z.enum(['None', 'absent']),
  /** Form of `validFrom` and `validTo` [6]. */
  dates: z.enum(['date-time', 'date']),
  /** Form of `meta.version`; older users have none [3]. */
  versions: z.enum(['uuid', 'number', 'absent']),
  /** Soft delete, which SAP's support switches on for a tenant [7]. */
  softDelete: z.enum(['on', 'off']),
  /** `blocked=true` without the feature: everybody comes back, or it is refused [7]. */
  blockedParameter: z.enum(['ignored', 'refused']),
  /** Memberships of blocked users [7]. */
  blockedMembers: z.enum(['leave', 'stay']),
  /** A restored user has the id of before, or another one [7]. */
  restoredId: z.enum(['same', 'new']),
  /** People whom a policy hides: read by id, or not found there either. */
  hiddenById: z.enum(['shown', 'not found']),
  /** People whom a policy hides, as members of groups. */
  hiddenMembers: z.enum(['shown', 'left out']),
  /** `nextId` of the last page: `end`, or none. Only `end` was seen [3]. */
  lastNextId: z.enum(['end', 'absent']),
  /** Counts of a list as numbers, or as texts, which was never seen. */
  counts: z.enum(['numbers', 'texts']),
  /** Names of extensions, which SCIM compares without case. */
  extensionNames: z.enum(['as documented', 'small letters']),
  /** `type` of the members of groups; without it, `$ref` tells users from groups [4]. */
  memberTypes: z.enum(['shown', 'absent']),
  /** Responses to clients that take gzip; the ETag then ends with `-gzip` [3]. */
  compression: z.enum(['on', 'off']),
  /** Tokens of `POST /oauth2/token` [2]. */
  tokens: z.enum(['accepted', 'refused']),
  /** What ID tokens of people have as `sub`: applications choose it. */
  subject: z.enum(['uuid', 'email']),
  /** Most objects of a page; tests ask for small ones [3]. */
  pageMax: z.int().positive(),
  /** Most members of a group in one response (docs/reference/okta-and-sap.md section 2.2). */
  membersMax: z.int().positive(),
  /** Most groups of a user in one response (docs/reference/okta-and-sap.md section 2.2). */
  userGroupsMax: z.int().positive(),
});
export type SapBehaviour = z.output<typeof sapBehaviour>;

export const defaultSapBehaviour: SapBehaviour = {
  unauthorizedBody: 'scim',
  throttledBody: 'scim',
  retryAfter: 'nothing',
  certificateRefusal: 'status',
  groupsNeed: 'Manage Groups',
  unknownFilter: 'refused',
  filterOperators: 'few',
  totalResults: 'each page',
  emptyResources: 'absent',
  vanishedStartId: 'refused',
  noDisplayName: 'None',
  dates: 'date-time',
  versions: 'uuid',
  softDelete: 'on',
  blockedParameter: 'ignored',
  blockedMembers: 'leave',
  restoredId: 'same',
  hiddenById: 'shown',
  hiddenMembers: 'shown',
  lastNextId: 'end',
  counts: 'numbers',
  extensionNames: 'as documented',
  memberTypes: 'shown',
  compression: 'off',
  tokens: 'accepted',
  subject: 'uuid',
  pageMax: 100,
  membersMax: 20_000,
  userGroupsMax: 1000,
};
