/** Schemas of a look, for what comes from a worker. */
import { z } from 'zod';
import type {
  CountedGroup,
  CountedList,
  DirectoryOverview,
  LookReport,
  NamedCount,
  TimelyOverview,
  TimelyUnseen,
} from '../../domain/contract/look.ts';
import { evidenceSchema } from './report-schemas.ts';

const namedCount = z.object({ name: z.string(), people: z.number() });
const countedGroup: z.ZodType<CountedGroup> = namedCount.extend({ id: z.string(), isAmbiguous: z.boolean() });
const listOf = <Item>(item: z.ZodType<Item>) => z.object({ items: z.array(item), total: z.number() });

/** Groups have an id, the others a name alone. */
export const foundList: z.ZodType<CountedList<NamedCount & Partial<CountedGroup>>> = listOf(
  z.union([countedGroup, namedCount]),
);

const directory: z.ZodType<DirectoryOverview> = z.object({
  people: z.number(),
  live: z.number(),
  groups: listOf(countedGroup),
  departments: listOf(namedCount),
  domains: listOf(namedCount),
  assigned: z.number().nullable(),
});

const timely: z.ZodType<TimelyOverview | TimelyUnseen> = z.union([
  z.object({ problem: z.string(), remedy: z.string() }),
  z.object({
    account: z.string(),
    seats: z.object({ paid: z.number(), used: z.number() }).nullable(),
    roles: z.array(z.string()),
    users: z.number(),
    known: z.number(),
    teams: z.number(),
    hasTeams: z.boolean().nullable(),
  }),
]);

export const lookReport: z.ZodType<LookReport> = z.object({
  tenant: z.string(),
  evidence: evidenceSchema.nullable(),
  directory,
  timely,
  proposal: z.object({
    group: countedGroup.nullable(),
    reason: z.string(),
    roles: z.array(z.object({ group: countedGroup, role: z.string() })),
    teams: z.enum(['departments', 'none']),
  }),
});
