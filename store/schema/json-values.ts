/** What the `jsonb` columns hold. Fields that a later version adds are dropped by an earlier one. */
import { z } from 'zod';
import {
  type ChangeStatus,
  type CycleCounts,
  type CycleError,
  type Failure,
  healthStates,
  type ReportLine,
} from '../../domain/contract/report.ts';
import type { Evidence, PrivilegedPerson } from '../../domain/people/directory.ts';
import type { FormerPerson } from '../../domain/people/link.ts';
import {
  changeKinds,
  holdRules,
  type PersonSubject,
  refusalRules,
  type TeamState,
  type TeamSubject,
} from '../../domain/plan/change.ts';
import type { RateMemory } from '../../domain/rate-limit/rate-limiter.ts';
import type { TimelyAccount, TimelyRole, TimelyTeamMember } from '../../domain/timely.ts';

export const texts = z.array(z.string());

/** What a plan was made from, besides what changes one by one. */
export const planBaseline = z.object({
  configurationVersion: z.number(),
  /** For each line under `scope` that fits people, one of them, by the line's label. */
  matchExamples: z.record(z.string(), z.string()),
  /** Sources of teams that the plan left to a later one, because a removal went first, and since when they wait (ISO 8601). */
  teamsLater: z.object({ since: z.string(), sources: texts }).optional(),
});
export type PlanBaseline = z.infer<typeof planBaseline>;

export const privilegedPeople: z.ZodType<PrivilegedPerson[]> = z.array(
  z.object({ personId: z.string(), roles: texts }),
);

export const formerPerson: z.ZodType<FormerPerson> = z.object({
  name: z.string(),
  userPrincipalName: z.string(),
  mail: z.string().nullable(),
  proxyAddresses: texts,
  kind: z.enum(['member', 'guest']),
  formerAddresses: texts.exactOptional(),
  otherAddresses: texts.exactOptional(),
  groupIds: texts.exactOptional(),
  roles: texts.exactOptional(),
});

export const teamMembers: z.ZodType<TimelyTeamMember[]> = z.array(
  z.object({ userId: z.number(), lead: z.boolean(), hideHours: z.boolean() }),
);

export const timelyAccount: z.ZodType<TimelyAccount> = z.object({
  id: z.number(),
  name: z.string(),
  ownerId: z.number().nullable(),
  seats: z.number().nullable(),
  usersMax: z.number().nullable(),
  userCount: z.number().nullable(),
});

export const timelyRoles: z.ZodType<TimelyRole[]> = z.array(z.object({ id: z.number(), name: z.string() }));

const streamCounts = z.object({ pages: z.number(), objects: z.number() });

export const evidence: z.ZodType<Evidence> = z.object({
  kind: z.enum(['full', 'incremental']),
  complete: z.boolean(),
  reasons: texts,
  users: streamCounts,
  groups: streamCounts.extend({ complete: z.boolean().optional() }),
});

export const cycleCounts: z.ZodType<CycleCounts> = z.object({
  inScope: z.number(),
  invited: z.number(),
  reinstated: z.number(),
  linked: z.number(),
  roleChanged: z.number(),
  removed: z.number(),
  teamsCreated: z.number(),
  teamsRenamed: z.number(),
  teamMembersChanged: z.number(),
  teamsRetired: z.number(),
  held: z.number(),
  failed: z.number(),
  unchanged: z.number(),
});

export const health = z.enum(healthStates);

export const cycleError: z.ZodType<CycleError> = z.object({
  health,
  message: z.string(),
  remedy: z.string(),
});

export const personSubject: z.ZodType<PersonSubject> = z.object({
  type: z.literal('person'),
  personId: z.string(),
  timelyId: z.number().nullable(),
  email: z.string(),
  name: z.string(),
});

const personState = z.object({ role: z.string(), byHand: z.literal(true).exactOptional() });

const teamSubject: z.ZodType<TeamSubject> = z.object({
  type: z.literal('team'),
  source: z.string(),
  timelyId: z.number().nullable(),
  name: z.string(),
});

const teamState: z.ZodType<TeamState> = z.object({
  name: z.string(),
  personIds: texts,
  leads: texts.exactOptional(),
  restore: z
    .object({
      puts: z.array(
        z.object({
          personId: z.string().nullable(),
          userId: z.number(),
          lead: z.boolean(),
          hideHours: z.boolean(),
        }),
      ),
      takesOut: z.array(z.number()),
    })
    .exactOptional(),
});

/** What differs between the change of a person and that of a team. */
export const changeFacts = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['invite', 'reinstate', 'link', 'changeRole', 'remove']),
    subject: personSubject,
    before: personState.nullable(),
    after: personState.nullable(),
  }),
  z.object({
    kind: z.enum(['createTeam', 'renameTeam', 'setTeamMembers', 'retireTeam']),
    subject: teamSubject,
    before: teamState.nullable(),
    after: teamState.nullable(),
  }),
]);

export const failure: z.ZodType<Failure> = z.object({
  class: z.string(),
  message: z.string(),
  remedy: z.string(),
  tries: z.number().exactOptional(),
  nextTryAt: z.string().exactOptional(),
});

const changeStatuses = [
  'planned',
  'held',
  'refused',
  'done',
  'dropped',
  'failed',
  'superseded',
  'parked',
] as const;
changeStatuses satisfies readonly ChangeStatus[];

export const reportLine: z.ZodType<ReportLine> = z.object({
  position: z.number(),
  change: z.enum(changeKinds),
  status: z.enum(changeStatuses),
  subject: z.string(),
  name: z.string(),
  why: z.string(),
  hold: z.object({ rule: z.enum(holdRules), detail: z.string() }).nullable(),
  refusal: z.object({ rule: z.enum(refusalRules), detail: z.string() }).nullable(),
  failure: failure.nullable(),
  request: z.string().nullable().exactOptional(),
  effect: z
    .object({ before: z.string(), after: z.string(), says: z.string(), joins: texts, leaves: texts })
    .exactOptional(),
});

export const rateMemory: z.ZodType<RateMemory> = z.object({
  perSecond: z.number(),
  sinceMs: z.number(),
  limit: z.object({
    accepted: z.number(),
    refused: z.number().nullable(),
    floor: z.number(),
    certain: z.boolean(),
    searchUntilMs: z.number(),
    firstRun: z.object({ ms: z.number(), requests: z.number() }).nullable(),
  }),
  heldUntilMs: z.number(),
  holdMs: z.number(),
  refusedAtMs: z.number(),
  refusalsInRow: z.number(),
  restedAtMs: z.number(),
  restedAt: z.number(),
  backoffFactor: z.number(),
  usualMs: z.number().nullable(),
});
