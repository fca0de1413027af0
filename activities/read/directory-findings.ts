/** Findings about the directory's side, beside those of a plan. */
import { listedGroupsIn } from '../../config/rules.ts';
import { credentialRemedy, credentialWarningDays, daysUntil } from '../../domain/credential.ts';
import { groupFindings } from '../../domain/people/group-findings.ts';
import type { Finding } from '../../domain/plan/change.ts';
import { formatCount } from '../../domain/text.ts';
import { resolveGroups } from '../../store/replica/named-groups.ts';
import { loadOddRecords } from '../../store/replica/odd-records.ts';
import { credentialEndOf } from '../../store/replica/replica.ts';
import { subscriptionsOf } from '../../store/replica/subscriptions.ts';
import type { Services, Tenant } from '../services.ts';

/** Notifications that do not come, records that cannot be read, and a credential that ends soon. */
export async function directoryFindings(
  { database, now }: Pick<Services, 'database' | 'now'>,
  tenant: string,
): Promise<Finding[]> {
  return [
    ...(await subscriptionFindings(database, tenant)),
    ...(await oddRecordFindings(database, tenant)),
    ...credentialFindings(await credentialEndOf(database, tenant), now()),
  ];
}

/** Groups of `approvals.who` and `console.viewers` that let nobody in. */
export async function listedGroupFindings(
  { database }: Pick<Services, 'database'>,
  { name: tenant, file }: Pick<Tenant, 'name' | 'file'>,
): Promise<Finding[]> {
  const listed = listedGroupsIn(file);
  if (listed.length === 0) return [];
  const resolve = await resolveGroups(
    database,
    tenant,
    listed.map(({ name }) => name),
  );
  const found = groupFindings(listed.map((each) => ({ ...each, resolution: resolve(each.name) })));
  return found.map((finding) =>
    finding.kind === 'group-recreated'
      ? { ...finding, message: `${finding.message} It lets nobody in before.` }
      : finding,
  );
}

/** Said once to those who rely on it: the directory never shows who is an administrator. */
export function administratorFindings({ file, directory }: Pick<Tenant, 'file' | 'directory'>): Finding[] {
  if (!file.safety.sensitive.directoryRoles || directory.capabilities.roles) return [];
  const message =
    'The directory does not show who is an administrator, so safety.sensitive.directoryRoles has no effect. Name a group of the administrators under safety.sensitive.groups, and set directoryRoles to false.';
  return [{ kind: 'no-directory-roles', subject: 'safety.sensitive.directoryRoles', message }];
}

async function subscriptionFindings(database: Services['database'], tenant: string): Promise<Finding[]> {
  const rows = await subscriptionsOf(database, tenant);
  return rows.flatMap(({ stream, problem }) =>
    problem === null
      ? []
      : [
          {
            kind: 'no-notifications',
            subject: stream,
            message: `Changes of ${stream} are seen by polling alone, as schedule.every says. ${problem}`,
          },
        ],
  );
}

/** A record that cannot be read or is hidden affects that record alone: what was known of it stays. */
async function oddRecordFindings(database: Services['database'], tenant: string): Promise<Finding[]> {
  const records = await loadOddRecords(database, tenant);
  return records.map(({ stream, id, problem }) => {
    if (problem === null) return hiddenFinding(id);
    const { record, where } = recordWords[stream];
    const message = `${record} cannot be read: ${problem} has an unknown shape. It is left out, and what was known of it stays. Correct it in ${where}.`;
    return { kind: 'odd-record', subject: id, message };
  });
}

const hiddenFinding = (id: string): Finding => ({
  kind: 'hidden-person',
  subject: id,
  message:
    'The directory no longer shows this person, and has no record that they were deleted, so they stay in Timely. Let the administrator role of the application reach them again. If they were deleted, remove them in Timely by hand.',
});

const recordWords = {
  users: { record: "The directory's record of this person", where: 'the directory' },
  groups: { record: "The directory's record of this group", where: 'the directory' },
  timely: { record: 'The user of this id in Timely', where: 'Timely' },
  timelyTeams: { record: 'The team of this id in Timely', where: 'Timely' },
};

/** An early warning: a sync stops when its credential has ended. */
function credentialFindings(endsAt: Date | null, now: Date): Finding[] {
  if (endsAt === null || daysUntil(endsAt, now) > credentialWarningDays) return [];
  const day = endsAt.toISOString().slice(0, 10);
  const message = `The credential for the directory ends on ${day}, in ${formatCount(daysUntil(endsAt, now), 'day', 'days')}. ${credentialRemedy}`;
  return [{ kind: 'credential-ends', subject: 'source.credential', message }];
}
