/** Whether changes of the directory are heard of before the next cycle. */
import type { TenantFile } from '../../config/tenant-file.ts';
import type { DirectoryCapabilities } from '../../directory/source.ts';
import { type CheckResult, checkOk, checkWarning } from '../../domain/contract/check.ts';
import { tenantRow } from '../../store/tenants.ts';
import type { ReceiverSettings, Services } from '../services.ts';

/** The adapter checks subscriptions. That a person has registered an event hook shows only when one arrives. */
export async function notificationLines(
  { database, receiver }: Pick<Services, 'database'> & { receiver: Pick<ReceiverSettings, 'url'> | null },
  { tenant, source, schedule }: Pick<TenantFile, 'tenant' | 'source' | 'schedule'>,
  { notifications }: Pick<DirectoryCapabilities, 'notifications'>,
): Promise<CheckResult[]> {
  if (notifications === 'none')
    return [
      checkOk(
        'notifications',
        'The directory sends none: changes are seen by polling, as often as schedule.every says.',
      ),
    ];
  if (notifications !== 'hooks' || receiver === null || !schedule.notifications) return [];
  const name = 'event hook';
  const address = `${receiver.url}/${source.type}/${tenant}`;
  const polled = 'Changes wait for the next cycle.';
  if (!('eventHook' in source) || source.eventHook === undefined)
    return [
      checkWarning(
        name,
        `The tenant file names no event hook. ${polled}`,
        `Register an event hook with the address ${address}, put what it sends in Authorization where source.eventHook points; or set schedule.notifications to false.`,
      ),
    ];
  const at = (await tenantRow(database, tenant))?.lastHookAt ?? null;
  if (at !== null) return [checkOk(name, `The last one arrived at ${at.toISOString()}.`)];
  return [
    checkWarning(
      name,
      `None has arrived yet. ${polled}`,
      `Check that the event hook is active and verified, has the address ${address}, and sends in Authorization what source.eventHook points to.`,
    ),
  ];
}
