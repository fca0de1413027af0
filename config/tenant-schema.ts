/** The schema of the tenant file: keys, their values and defaults. docs/tenant-file.md explains it to people. */
import { z } from 'zod';
import { notificationKinds } from '../domain/notifications/notification.ts';
import { slowestPerSecond } from '../domain/rate-limit/rate-limiter.ts';
import { tenantNamePattern } from '../domain/text.ts';
import { approvalsSection, consoleSection } from './file/approvals-schema.ts';
import {
  attributeName,
  count,
  date,
  domain,
  duration,
  email,
  endpoint,
  given,
  oneOrMore,
  percent,
  secretReference,
  section,
  text,
} from './schema-parts.ts';
import { knownConditions } from './source-conditions.ts';
import { source } from './source-schema.ts';

const target = section({
  type: z.enum(['timely']),
  accountId: z.int().positive().describe('Number of the Timely account, as in its web address.'),
  application: section({ clientId: secretReference, clientSecret: secretReference }),
  initialRefreshToken: secretReference.exactOptional().describe('Used once, then rotated in the store.'),
  endpoint: endpoint.exactOptional(),
  // Each request takes its time from the account's budget: at a far lower rate, one would keep it from other tenants for hours.
  requestsPerSecond: z
    .number()
    .min(slowestPerSecond)
    .default(5)
    .describe('One limit for the account, shared by all workers and by all tenants that write to it.'),
});

const conditionShape = {
  group: text.exactOptional().describe('Name or object id; nested members count.'),
  department: oneOrMore(text, 'a department').exactOptional(),
  emailDomain: oneOrMore(domain, 'a domain such as contoso.example').exactOptional(),
  email: oneOrMore(email, 'an e-mail address').exactOptional(),
  assignedToApp: z.literal(true).exactOptional().describe('Assigned to the enterprise application.'),
  where: z
    .record(attributeName, oneOrMore(text, 'a text'))
    .refine((value) => Object.keys(value).length > 0, 'must name at least one attribute')
    .refine((value) => Object.keys(value).length <= 20, 'must name at most 20 attributes')
    .exactOptional()
    .describe('Attributes of the person; all of them must match.'),
  everyone: z.literal(true).exactOptional(),
};
const conditions = [
  'group',
  'department',
  'emailDomain',
  'email',
  'assignedToApp',
  'where',
  'everyone',
] as const;
const conditionRule = `must have at least one condition: ${conditions.join(', ')}`;

const includeRule = section({
  ...conditionShape,
  guests: z.boolean().exactOptional().describe('Overrides scope.guests for this rule.'),
  until: date.exactOptional().describe('Last day of the rule, UTC.'),
  role: text.exactOptional().describe('Timely role of the people this rule includes.'),
}).refine((rule) => given(rule, conditions) > 0, conditionRule);

const excludeRule = section(conditionShape).refine((rule) => given(rule, conditions) > 0, conditionRule);

const scope = section({
  include: z.array(includeRule).min(1).describe('A person is in scope when any rule says so.'),
  exclude: z.array(excludeRule).default([]).describe('Wins over include.'),
  guests: z.enum(['exclude', 'include']).default('exclude'),
  guestDomains: z
    .array(z.array(domain).min(2))
    .default([])
    .describe('Home and contact domains of guests that belong together.'),
});

const roles = section({
  default: text.default('employee').describe('For new invitations.'),
  adopted: z
    .enum(['keep', 'rules'])
    .default('keep')
    .describe('keep: people who were in Timely before keep their role until a rule fits them.'),
  rules: z.array(section({ group: text, role: text })).default([]),
});

const teamSources = ['fromGroup', 'fromGroupsNamed', 'fromDepartment', 'fromEmailDomain'] as const;
const team = section({
  fromGroup: text.exactOptional().describe('Name or object id.'),
  fromGroupsNamed: text
    .refine((pattern) => pattern.split('*').length === 2, 'must have exactly one *')
    .exactOptional(),
  fromDepartment: text.exactOptional().describe('A department, or * for a team of each.'),
  fromEmailDomain: domain.exactOptional(),
  name: text.exactOptional().describe('Name in Timely; $1 is the text that * matched.'),
})
  .refine((rule) => given(rule, teamSources) === 1, `must have exactly one of ${teamSources.join(', ')}`)
  .refine((rule) => !makesManyTeams(rule) || (rule.name ?? '$1').includes('$1'), {
    path: ['name'],
    message: 'must contain $1, or all teams of this line would share one name',
  });

function makesManyTeams(rule: { fromGroupsNamed?: string; fromDepartment?: string }): boolean {
  return rule.fromGroupsNamed !== undefined || rule.fromDepartment === '*';
}

const teamMembers = section({
  manual: z.enum(['keep', 'remove']).default('keep').describe('Members added by hand in Timely.'),
  leads: z.enum(['keep', 'managers']).default('keep'),
  projects: section({
    grantOnJoin: z.boolean().default(false),
    revokeOnLeave: z.boolean().default(true),
  }).prefault({}),
});

const names = section({
  refused: z.string().default('').describe('Characters that Timely refuses in names, besides digits.'),
  instead: z
    .record(email, text)
    .default({})
    .describe("Names for invitations in place of the directory's, by e-mail address."),
});

const leavers = section({
  action: z.enum(['remove', 'report']).default('remove'),
  graceDays: count.default(0).describe('Only for people who left the scope; 0: at once.'),
  removedInTimely: z.enum(['ask', 'restore', 'respect']).default('ask'),
});

const safety = section({
  removals: section({
    max: count.default(10),
    percent: percent.default(10),
    windowDays: z.int().min(1).max(365).default(7),
  })
    .prefault({})
    .describe('The lower of the two holds all removals of the plan.'),
  invitations: section({ max: count.default(100) }).prefault({}),
  roleChanges: section({
    max: count.default(20),
    percent: percent.default(10),
    windowDays: z.int().min(1).max(365).default(7),
  })
    .prefault({})
    .describe('The lower of the two holds all role changes of the plan.'),
  teamShrink: section({ percent: percent.default(50), min: count.default(5) }).prefault({}),
  readShrink: section({ percent: percent.default(20) }).prefault({}),
  firstCycle: section({ removals: z.enum(['hold', 'allow']).default('hold') }).prefault({}),
  protect: z.array(email).default([]).describe('Never removed or demoted.'),
  sensitive: section({
    directoryRoles: z.boolean().default(true),
    timelyRoles: z.array(text).default(['admin']),
    groups: z.array(text).default([]),
    emails: z.array(email).default([]),
  }).prefault({}),
});

const channelKinds = ['teams', 'slack', 'webhook', 'email'] as const;
const channel = section({
  teams: secretReference.exactOptional().describe('Address of a Teams webhook.'),
  slack: secretReference.exactOptional().describe('Address of a Slack incoming webhook.'),
  webhook: endpoint.exactOptional().describe('Receives plain JSON.'),
  key: secretReference.exactOptional().describe('Signs the messages to the webhook.'),
  email: oneOrMore(email, 'an e-mail address').exactOptional(),
  only: oneOrMore(z.enum(notificationKinds), `one of ${notificationKinds.join(', ')}`)
    .exactOptional()
    .describe('Kinds of notification that go there. Default: all.'),
})
  .refine((value) => given(value, channelKinds) === 1, `must have exactly one of ${channelKinds.join(', ')}`)
  .refine((value) => value.key === undefined || value.webhook !== undefined, {
    path: ['key'],
    message: 'belongs to a webhook',
  });

/** The keys of the file. Sections that are absent take the defaults of the example. */
const sections = section({
  tenant: z
    .string()
    .regex(tenantNamePattern, 'must be 1 to 40 characters of a-z, 0-9 and -')
    .describe("The workflow's id is tenant/<this>."),
  source,
  target,
  scope,
  roles: roles.prefault({}),
  teams: z.array(team).default([]),
  teamMembers: teamMembers.prefault({}),
  names: names.prefault({}),
  leavers: leavers.prefault({}),
  safety: safety.prefault({}),
  approvals: approvalsSection.prefault({}),
  console: consoleSection.prefault({}),
  notify: z.array(channel).default([]),
  schedule: section({
    every: duration.default('5m').describe('Incremental cycle.'),
    fullEvery: duration.default('24h').describe('Complete read and drift check.'),
    notifications: z.boolean().default(true),
  }).prefault({}),
  privacy: section({
    labels: z.enum(['names', 'ids']).default('names').describe('What run histories show.'),
    keepJournal: duration.default('400d'),
  }).prefault({}),
});

/** The whole file. What a condition may ask for depends on the directory. */
export const tenantSchema = sections.transform(knownConditions);

/**
 * The JSON Schema of the tenant file as text, for editors. It describes the input, so keys with a default are optional.
 */
export function tenantJsonSchema(): string {
  const schema = z.toJSONSchema(sections, { io: 'input' });
  return `${JSON.stringify({ ...schema, title: 'Tenant file of timely-directory-sync' }, null, 2)}\n`;
}
