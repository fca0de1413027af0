/** The tables. Every row belongs to a tenant; a tenant's data never meets another's. Migrations are generated from here. */
import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { DecisionChannel } from '../../domain/approvals/decision.ts';
import type {
  ApprovalStatus,
  ChangeStatus,
  CycleCounts,
  CycleError,
  CycleKind,
  Failure,
  ReportLine,
} from '../../domain/contract/report.ts';
import type { Evidence } from '../../domain/people/directory.ts';
import type { ChangeKind, HoldRule, RefusalRule } from '../../domain/plan/change.ts';
import type { RateMemory } from '../../domain/rate-limit/rate-limiter.ts';
import type { TimelyAccount, TimelyRole, TimelyTeamMember } from '../../domain/timely.ts';

/** What a plan was made from, besides what is touched one by one. */
export interface PlanBaseline {
  configurationVersion: number;
  /** For each line under `scope` that fits somebody one of them, by the line's label. */
  matchExamples: Record<string, string>;
}

export type DirtyKind = 'person' | 'user' | 'team' | 'everything';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/**
 * One row a tenant. `touched` counts everything a plan could depend on (a change on either side, a new tenant file, a
 * decision); a cycle plans only when it differs from `plannedAt`, what it was when the last plan was made.
 */
export const tenants = pgTable('tenants', {
  tenant: text().primaryKey(),
  configurationVersion: integer('configuration_version').notNull(),
  touched: bigint({ mode: 'number' }).notNull().default(0),
  plannedTouched: bigint('planned_touched', { mode: 'number' }).notNull().default(-1),
  /** UTC day of the last plan: dates in the tenant file make another day another plan. */
  plannedDay: text('planned_day').notNull().default(''),
  /** The cycle whose plan holds; cycles that had nothing to plan point to it. */
  planCycle: integer('plan_cycle').notNull().default(0),
  /** When the last cycle that was carried through ended. */
  lastGoodAt: instant('last_good_at'),
  /** Tells this tenant of this installation from every other one; left on the teams that it makes. */
  marker: text().notNull().default(sql`gen_random_uuid()`),
  /** What the plan that holds was made from; null before the first, and where a part of a plan cannot go on from it. */
  planBasis: jsonb('plan_basis').$type<PlanBaseline>(),
});

/** Tenant files as they were given, newest version in force. They hold references to secrets, never secrets. */
export const configurations = pgTable(
  'configurations',
  {
    tenant: text().notNull(),
    version: integer().notNull(),
    file: jsonb().notNull(),
    storedAt: instant('stored_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.version] })],
);

/** Each person's verdict with its reason; the command's `why` reads it. */
export const verdicts = pgTable(
  'verdicts',
  {
    tenant: text().notNull(),
    personId: text('person_id').notNull(),
    inScope: boolean('in_scope').notNull(),
    reason: text().notNull(),
    /** Address under which Timely knows them, in lower case. */
    email: text(),
    department: text(),
    domain: text(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.personId] }),
    index('verdicts_email').on(table.tenant, table.email),
  ],
);

/**
 * Whom the next plan has to look at: what was touched since the last one, and what that one left with something to be
 * done, told, or waited for. `everything` stands for the whole tenant.
 */
export const dirtySubjects = pgTable(
  'touched_subjects',
  {
    tenant: text().notNull(),
    id: bigserial({ mode: 'number' }).notNull(),
    kind: text().$type<DirtyKind>().notNull(),
    /** Object id of a person, id of a Timely user, source of a team. */
    key: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.id] })],
);

export const timelyUsers = pgTable(
  'timely_users',
  {
    tenant: text().notNull(),
    id: bigint({ mode: 'number' }).notNull(),
    email: text().notNull(),
    name: text().notNull(),
    roleId: bigint('role_id', { mode: 'number' }),
    role: text().notNull(),
    externalId: text('external_id'),
    removed: boolean().notNull(),
    updatedAt: bigint('updated_at', { mode: 'number' }).notNull(),
    /** The cycle that saw the user last; a whole read drops those it did not see. */
    seenIn: integer('seen_in').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.id] }),
    index('timely_users_email').on(table.tenant, sql`lower(btrim(${table.email}))`),
    index('timely_users_external').on(table.tenant, sql`lower(btrim(${table.externalId}))`),
  ],
);

export const timelyTeams = pgTable(
  'timely_teams',
  {
    tenant: text().notNull(),
    id: bigint({ mode: 'number' }).notNull(),
    name: text().notNull(),
    members: jsonb().$type<TimelyTeamMember[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.id] })],
);

export const timelyAccounts = pgTable('timely_accounts', {
  tenant: text().primaryKey(),
  account: jsonb().$type<TimelyAccount>().notNull(),
  roles: jsonb().$type<TimelyRole[]>().notNull(),
  ownUserId: bigint('own_user_id', { mode: 'number' }).notNull(),
  /** Newest `updated_at` seen, Unix seconds: the next incremental read starts a little before it. */
  watermark: bigint({ mode: 'number' }).notNull(),
  /** Whether the last whole read proved itself whole. */
  complete: boolean().notNull(),
  /** When that was; null in stores from before it was noted. */
  wholeAt: instant('whole_at'),
});

export const personLinks = pgTable(
  'person_links',
  {
    tenant: text().notNull(),
    personId: text('person_id').notNull(),
    timelyId: bigint('timely_id', { mode: 'number' }).notNull(),
    state: text().$type<'present' | 'removed'>().notNull(),
    email: text().notNull(),
    role: text(),
    outOfScopeSince: instant('out_of_scope_since'),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.personId] }),
    uniqueIndex('person_links_timely').on(table.tenant, table.timelyId),
    index('person_links_email').on(table.tenant, table.email),
  ],
);

export const teamLinks = pgTable(
  'team_links',
  {
    tenant: text().notNull(),
    source: text().notNull(),
    timelyId: bigint('timely_id', { mode: 'number' }).notNull(),
    origin: text().$type<'created' | 'adopted'>().notNull(),
    name: text(),
    personIds: jsonb('person_ids').$type<string[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.source] })],
);

/**
 * Writes that Timely must not get twice, each noted right before it is sent and gone once its end is known: what is
 * here may have taken effect or not.
 */
export const attempts = pgTable(
  'attempts',
  {
    tenant: text().notNull(),
    subjectKey: text('subject_key').notNull(),
    at: instant('at').notNull(),
    /** Newest `updated_at` that Timely had shown by then, Unix seconds: its effect is not older. */
    since: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.subjectKey] })],
);

/** The plan of each cycle that made one. `phase` orders the applying: removals, people, roles, teams. */
export const changes = pgTable(
  'changes',
  {
    tenant: text().notNull(),
    cycle: integer().notNull(),
    position: integer().notNull(),
    phase: integer().notNull(),
    kind: text().$type<ChangeKind>().notNull(),
    /** Object id of the person or source of the team. */
    subjectKey: text('subject_key').notNull(),
    subject: jsonb().notNull(),
    before: jsonb(),
    after: jsonb(),
    reason: text().notNull(),
    fingerprint: text().notNull(),
    /** What run histories show of it (`privacy.labels`). */
    label: text().notNull(),
    status: text().$type<ChangeStatus>().notNull(),
    holdRule: text('hold_rule').$type<HoldRule>(),
    holdDetail: text('hold_detail'),
    refusalRule: text('refusal_rule').$type<RefusalRule>(),
    refusalDetail: text('refusal_detail'),
    failure: jsonb().$type<Failure>(),
    /** The request that approved it, if one did. */
    approval: integer(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.cycle, table.position] }),
    index('changes_status').on(table.tenant, table.cycle, table.status, table.phase),
  ],
);

export const findings = pgTable(
  'findings',
  {
    tenant: text().notNull(),
    cycle: integer().notNull(),
    position: integer().notNull(),
    kind: text().notNull(),
    subject: text().notNull(),
    message: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.cycle, table.position] })],
);

/** People and teams that failed: when they are tried again, with growing intervals. */
export const failures = pgTable(
  'failures',
  {
    tenant: text().notNull(),
    subjectKey: text('subject_key').notNull(),
    fingerprint: text().notNull(),
    times: integer().notNull(),
    failure: jsonb().$type<Failure>().notNull(),
    nextTryAt: instant('next_try_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.subjectKey] })],
);

export const approvals = pgTable(
  'approvals',
  {
    tenant: text().notNull(),
    number: integer().notNull(),
    rule: text().$type<HoldRule>().notNull(),
    state: text().$type<ApprovalStatus>().notNull(),
    /** The cycle whose plan it is about; the tenant file of that cycle has its terms. */
    cycle: integer().notNull().default(0),
    openedAt: instant('opened_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    closedAt: instant('closed_at'),
    /** Its workflow has begun; until then each cycle starts it again. */
    announced: boolean().notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.number] })],
);

export const approvalChanges = pgTable(
  'approval_changes',
  {
    tenant: text().notNull(),
    number: integer().notNull(),
    position: integer().notNull(),
    fingerprint: text().notNull(),
    line: jsonb().$type<ReportLine>().notNull(),
    decision: text().$type<'approved' | 'rejected'>(),
    /** Who has approved so far, in one spelling each; as many different people as the tenant file asks for make it approved. */
    approvedBy: jsonb('approved_by').$type<string[]>().notNull().default([]),
    /** The approval was used: the change is done. */
    usedAt: instant('used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.number, table.position] }),
    index('approval_changes_fingerprint').on(table.tenant, table.fingerprint),
  ],
);

export const decisions = pgTable(
  'decisions',
  {
    tenant: text().notNull(),
    number: integer().notNull(),
    /** Made once in the workflow, so that an activity that runs twice records one decision. */
    id: text().notNull(),
    decision: text().$type<'approve' | 'reject'>().notNull(),
    by: text().notNull(),
    note: text().notNull(),
    channel: text().$type<DecisionChannel>().notNull(),
    /** How many changes it decided, and a digest of exactly those. */
    changes: integer().notNull(),
    facts: text().notNull(),
    at: instant('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.number, table.id] })],
);

export const cycles = pgTable(
  'cycles',
  {
    tenant: text().notNull(),
    number: integer().notNull(),
    /** The workflow run that made it: a repeated activity finds its own cycle again. */
    runId: text('run_id').notNull(),
    kind: text().$type<CycleKind>().notNull(),
    /** The cycle that it takes back, when it is an undo. */
    undoes: integer(),
    configurationVersion: integer('configuration_version').notNull(),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at'),
    evidence: jsonb().$type<Evidence>(),
    /** The cycle whose plan this one shows: its own, or an earlier one when nothing was to be planned. */
    planCycle: integer('plan_cycle'),
    inScope: integer('in_scope').notNull().default(0),
    unchanged: integer().notNull().default(0),
    counts: jsonb().$type<CycleCounts>(),
    cycleError: jsonb().$type<CycleError>(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.number] }),
    uniqueIndex('cycles_run').on(table.tenant, table.runId),
  ],
);

/** Timely's tokens, sealed with TIMELY_SYNC_KEY. */
export const oauthTokens = pgTable('oauth_tokens', {
  tenant: text().primaryKey(),
  sealed: bytes().notNull(),
  savedAt: instant('saved_at').notNull().defaultNow(),
});

/** One rate budget an account, over all workers. Moments are milliseconds since 1970 by the database's clock. */
export const rateLimits = pgTable('account_paces', {
  /** Endpoint and number of the account: tenants that write to the same one share it. */
  account: text().primaryKey(),
  nextAtMs: doublePrecision('next_at_ms').notNull(),
  requestsPerSecond: doublePrecision('requests_per_second').notNull(),
  /** When the last requests started, newest first. */
  starts: doublePrecision().array().notNull(),
  started: doublePrecision().notNull(),
  reviewAtMs: doublePrecision('review_at_ms').notNull(),
  memory: jsonb().$type<RateMemory>().notNull(),
});
