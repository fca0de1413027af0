/** Findings about the directory's side, beside those of a plan. */
import { credentialRemedy, credentialWarningDays, daysUntil } from '../../domain/credential.ts';
import type { Finding } from '../../domain/plan/change.ts';
import { credentialEndOf } from '../../store/replica/replica.ts';
import { subscriptionsOf } from '../../store/replica/subscriptions.ts';
import type { Services } from '../services.ts';

/** Notifications that do not come, and a credential that ends soon. */
export async function directoryFindings(
  { database, now }: Pick<Services, 'database' | 'now'>,
  tenant: string,
): Promise<Finding[]> {
  return [
    ...(await subscriptionFindings(database, tenant)),
    ...credentialFindings(await credentialEndOf(database, tenant), now()),
  ];
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

/** An early warning: a sync stops when its credential has ended. */
function credentialFindings(endsAt: Date | null, now: Date): Finding[] {
  if (endsAt === null || daysUntil(endsAt, now) > credentialWarningDays) return [];
  const day = endsAt.toISOString().slice(0, 10);
  const message = `The credential of the Entra application ends on ${day}, in ${daysUntil(endsAt, now)} days. ${credentialRemedy}`;
  return [{ kind: 'credential-ends', subject: 'source.credential', message }];
}
