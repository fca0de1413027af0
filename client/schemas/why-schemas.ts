/** Schemas of the result of `why`, for what comes from a worker. */
import { z } from 'zod';
import type {
  SeveralMeant,
  SubjectsMeant,
  WhyAnswer,
  WhyPerson,
  WhyTeam,
} from '../../domain/contract/why.ts';
import { journalKinds } from '../../domain/journal/journal.ts';
import { verdictCodes } from '../../domain/people/verdict.ts';
import { finding, line } from './plan-line-schemas.ts';

const base = {
  tenant: z.string(),
  tag: z.string().nullable(),
  asOf: z.object({ cycle: z.number(), at: z.string() }).nullable(),
  changes: z.array(
    z.object({
      cycle: z.number(),
      at: z.string(),
      change: z.enum(journalKinds),
      reason: z.string(),
      approval: z.string().nullable(),
    }),
  ),
  waiting: z.array(line.extend({ request: z.string().nullable(), nextTryAt: z.string().nullable() })),
  findings: z.array(finding),
  next: z.string(),
};

const person: z.ZodType<WhyPerson> = z.object({
  ...base,
  kind: z.literal('person'),
  person: z
    .object({
      id: z.string(),
      name: z.string(),
      email: z.string().nullable(),
      userPrincipalName: z.string(),
      enabled: z.boolean(),
      guest: z.boolean(),
    })
    .nullable(),
  verdict: z.object({ inScope: z.boolean(), code: z.enum(verdictCodes), reason: z.string() }).nullable(),
  link: z
    .object({
      timelyId: z.number(),
      state: z.enum(['present', 'removed']),
      email: z.string(),
      role: z.string().nullable(),
      outOfScopeSince: z.string().nullable(),
    })
    .nullable(),
  timely: z
    .object({
      id: z.number(),
      email: z.string(),
      name: z.string(),
      role: z.string(),
      removed: z.boolean(),
      pending: z.boolean(),
    })
    .nullable(),
  teams: z.array(z.string()),
});

const team: z.ZodType<WhyTeam> = z.object({
  ...base,
  kind: z.literal('team'),
  source: z.string().nullable(),
  name: z.string(),
  timelyId: z.number().nullable(),
  rule: z.string().nullable(),
  origin: z.enum(['created', 'adopted']).nullable(),
  members: z.array(z.object({ email: z.string(), lead: z.boolean(), managed: z.boolean() })),
  memberCount: z.number(),
});

const candidate = z.object({
  kind: z.enum(['person', 'team']),
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
});

export const subjectsAnswer: z.ZodType<SubjectsMeant> = z.object({
  isWhole: z.boolean(),
  candidates: z.array(candidate),
});

const severalMeant: z.ZodType<SeveralMeant> = z.object({
  kind: z.literal('ambiguous'),
  candidates: z.array(candidate),
  next: z.number().nullable(),
});

export const whyAnswer: z.ZodType<WhyAnswer> = z.union([person, team, severalMeant]).nullable();
