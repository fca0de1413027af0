/** What the datasheets mark as inferred or unknown, or what differs from org to org. The action `behave` changes it. */
import { z } from 'zod';

export const behaviourChange = z
  .strictObject({
    /** Algorithms of DPoP proofs: Okta's header lists both kinds, one client reports only RSA. */
    proofAlgorithms: z.enum(['RSA and EC', 'RSA']),
    /** `offered`: binds the token where a proof was sent. `ignored`: Bearer even then. */
    dpop: z.enum(['required', 'offered', 'ignored']),
    /** The API asks for a nonce too, with 401. */
    apiNonce: z.boolean(),
    /** The body of a refused proof at the API. */
    refusedProofBody: z.enum(['nothing', 'page']),
    /** Seconds that the token endpoint and the API forgive. */
    clockSkewSeconds: z.number().nonnegative(),
    /** Times of users and groups. */
    times: z.enum(['whole seconds', 'milliseconds']),
    /** Changes of a person's memberships move `lastUpdated` of the person. */
    membershipMovesUser: z.boolean(),
    /** `usersCount` counts deactivated people too. */
    countsDeactivated: z.boolean(),
    /** The name of the flag in `_embedded.stats`. */
    adminFlag: z.enum(['hasAdminPrivlege', 'hasAdminPrivilege', 'both', 'nothing']),
    /** `/iam/assignees/users` lists people who have a role by a group only. */
    assigneesByGroup: z.boolean(),
    /** Objects of a page at most, whatever `limit` asks for; null: as documented. */
    pageMost: z.int().positive().nullable(),
    /** Size of a page of `/users/{id}/groups`; null: it has no pages. */
    userGroupsPage: z.int().positive().nullable(),
    /** Assignments to apps of deactivated people. */
    deactivatedAssignments: z.enum(['gone', 'shown']),
    /** People of a visible group whom the resource set does not reach. */
    membersOutside: z.enum(['hidden', 'shown']),
    /** A custom role with okta.users.read may read the System Log. */
    customRoleReadsLog: z.boolean(),
    /** `later`: a deleted user stays DEPROVISIONED until the action `finishDeletions`. */
    deletion: z.enum(['at once', 'later']),
    /** `next` links of the System Log carry `since` beside `after`. */
    logNextLink: z.enum(['after', 'since and after']),
    /** Host of links: that of the request, or the org's domain. */
    linkHost: z.enum(['request', 'domain']),
    /** `X-Rate-Limit-Limit`: the share of one client, or the whole bucket. */
    shownLimit: z.enum(['client', 'bucket']),
    /** Share of each bucket that one client may use. */
    clientPercent: z.number().min(1).max(100),
    /** Multiplies all rate limits. */
    limitFactor: z.number().positive(),
    /** Requests of the org at one time. */
    concurrency: z.int().positive(),
    /** How long `search` does not yet know a change. */
    searchLagMs: z.number().nonnegative(),
    /** Time from a change to the line in the System Log. */
    logDelayMs: z.number().nonnegative(),
    /** Time from a change to its event hook. */
    hookDelayMs: z.number().nonnegative(),
    /** The verification request carries `Authorization`. */
    verificationSecret: z.boolean(),
  })
  .partial();

type Change = z.output<typeof behaviourChange>;
export type OktaBehaviour = { [Name in keyof Change]-?: Exclude<Change[Name], undefined> };

export const defaultBehaviour: OktaBehaviour = {
  proofAlgorithms: 'RSA and EC',
  dpop: 'required',
  apiNonce: false,
  refusedProofBody: 'nothing',
  clockSkewSeconds: 0,
  times: 'whole seconds',
  membershipMovesUser: false,
  countsDeactivated: true,
  adminFlag: 'hasAdminPrivlege',
  assigneesByGroup: false,
  pageMost: null,
  userGroupsPage: null,
  deactivatedAssignments: 'gone',
  membersOutside: 'hidden',
  customRoleReadsLog: false,
  deletion: 'at once',
  logNextLink: 'after',
  linkHost: 'request',
  shownLimit: 'client',
  clientPercent: 50,
  limitFactor: 1,
  concurrency: 75,
  searchLagMs: 5_000,
  logDelayMs: 0,
  hookDelayMs: 5,
  verificationSecret: false,
};
