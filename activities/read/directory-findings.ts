/** What an operator should know about the directory's side, beside what a plan finds out. */

import { credentialRemedy, credentialWarningDays, daysUntil } from '../../domain/credential.ts';
import type { Finding } from '../../domain/plan/change.ts';
import { credentialEndOf } from '../../store/replica/replica.ts';
import type { Services } from '../services.ts';
import { subscriptionFindings } from './keep-subscriptions.ts';

/** Notifications that do not come, and a credential that ends soon. */
export async function directoryFindings(services: Services, tenant: string): Promise<Finding[]> {
  return [
    ...(await subscriptionFindings(services, tenant)),
    ...credentialFindings(await credentialEndOf(services.database, tenant), services.now()),
  ];
}

/** A sync whose credential has ended stands still, so that this is told long before. */
function credentialFindings(endsAt: Date | null, now: Date): Finding[] {
  if (endsAt === null || daysUntil(endsAt, now) > credentialWarningDays) return [];
  const day = endsAt.toISOString().slice(0, 10);
  const message = `The credential of the Entra application ends on ${day}, in ${daysUntil(endsAt, now)} days. ${credentialRemedy}`;
  return [{ kind: 'credential-ends', subject: 'source.credential', message }];
}
