/** Cycles, their plans, and what the next plan looks at. */
import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { ChangeStatus, CycleKind } from '../../domain/contract/report.ts';
import type { VerdictCode } from '../../domain/people/verdict.ts';
import type { ChangeKind, HoldRule, RefusalRule } from '../../domain/plan/change.ts';
import type { FindingKind } from '../../domain/plan/finding-kinds.ts';
import { instant, json } from './columns.ts';
import { cycleCounts, cycleError, evidence, failure } from './json-values.ts';

/** `reportedTeam`: the last plan holds a change of the team, or reports it, so each plan has to have it. */
export type DirtyKind = 'person' | 'user' | 'team' | 'reportedTeam' | 'everything';

/** Each person's verdict with its reason; the command's `why` reads it. */
export const verdicts = pgTable(
  'verdicts',
  {
    tenant: text().notNull(),
    personId: text('person_id').notNull(),
    inScope: boolean('in_scope').notNull(),
    code: text().$type<VerdictCode>().notNull(),
    reason: text().notNull(),
    /** Address under which Timely knows them, in lower case. */
    email: text(),
    /** Keys of their other addresses; null when they have none, as most people. */
    otherAddresses: text('other_addresses').array(),
    department: text(),
    domain: text(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.personId] }),
    index('verdicts_email').on(table.tenant, table.email),
    // Counted and read by each partial plan.
    index('verdicts_department').on(table.tenant, table.department).where(sql`in_scope`),
    index('verdicts_other_addresses').using('gin', table.otherAddresses),
  ],
);

/**
 * The dirty set: what has changed since the last plan, and what that plan left to be done, reported or waited for.
 * `everything` stands for the whole tenant.
 */
export const dirtySubjects = pgTable(
  'dirty_subjects',
  {
    tenant: text().notNull(),
    id: bigserial({ mode: 'number' }).notNull(),
    kind: text().$type<DirtyKind>().notNull(),
    /** Object id of a person, id of a Timely user, source of a team. */
    key: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.id] })],
);

/**
 * Writes that Timely must not get twice. Each is noted right before it is sent, and deleted once its outcome is known: a
 * write in here may have taken effect or not.
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

export const cycles = pgTable(
  'cycles',
  {
    tenant: text().notNull(),
    number: integer().notNull(),
    /** What opened it, a cycle of a workflow run for example: a repeated activity finds its own cycle again. */
    opening: text().notNull(),
    kind: text().$type<CycleKind>().notNull(),
    /** The cycle that it undoes, when it is an undo. */
    undoes: integer(),
    /** Requests for a full read that came before it: its own full read serves them. */
    fullReadsRequested: integer('full_reads_requested').notNull().default(0),
    configurationVersion: integer('configuration_version').notNull(),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at'),
    evidence: json(evidence),
    /** The cycle whose plan this one shows: its own, or an earlier one when there was nothing to plan. */
    planCycle: integer('plan_cycle'),
    inScope: integer('in_scope').notNull().default(0),
    unchanged: integer().notNull().default(0),
    counts: json(cycleCounts),
    cycleError: json(cycleError, 'cycle_error'),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.number] }),
    uniqueIndex('cycles_opening').on(table.tenant, table.opening),
  ],
);

/** The plan of each cycle that made one. `phase` is an index of `phases` (domain/plan/phases.ts). */
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
    /** How run histories name it (`privacy.labels`). */
    label: text().notNull(),
    status: text().$type<ChangeStatus>().notNull(),
    holdRule: text('hold_rule').$type<HoldRule>(),
    holdDetail: text('hold_detail'),
    refusalRule: text('refusal_rule').$type<RefusalRule>(),
    refusalDetail: text('refusal_detail'),
    failure: json(failure),
    /** The approval that freed it, if one did. */
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
    kind: text().$type<FindingKind>().notNull(),
    subject: text().notNull(),
    /** The subject as `why` searches it, folded by us (domain/text.ts). */
    subjectFolded: text('subject_folded').notNull(),
    message: text().notNull(),
    /** The cycle that found it first; the plans in between have it as well. */
    since: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.cycle, table.position] })],
);

/** People and teams whose changes failed, and when these are tried again, after growing waits. */
export const failures = pgTable(
  'failures',
  {
    tenant: text().notNull(),
    subjectKey: text('subject_key').notNull(),
    fingerprint: text().notNull(),
    times: integer().notNull(),
    failure: json(failure).notNull(),
    nextTryAt: instant('next_try_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.subjectKey] })],
);
