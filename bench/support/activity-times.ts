import type { Client } from '@temporalio/client';
import { tenantWorkflowId } from '../../workflows/messages.ts';

/** When an activity ran, in milliseconds since 1970. */
export interface ActivityTime {
  startedAt: number;
  endedAt: number;
}

/** When each activity of a tenant's last cycle ran, by its name and by Temporal's own history. */
export async function activityTimes(client: Client, tenant: string): Promise<Map<string, ActivityTime>> {
  const { events } = await client.workflow.getHandle(tenantWorkflowId(tenant)).fetchHistory();
  const names = new Map<string, string>();
  const started = new Map<string, number>();
  const times = new Map<string, ActivityTime>();
  for (const event of events ?? []) {
    const { activityTaskScheduledEventAttributes: scheduled, activityTaskStartedEventAttributes: start } =
      event;
    const { activityTaskCompletedEventAttributes: completed } = event;
    if (scheduled) names.set(String(event.eventId), scheduled.activityType?.name ?? '');
    if (start) started.set(String(start.scheduledEventId), millisecondsOf(event.eventTime));
    if (!completed) continue;
    const id = String(completed.scheduledEventId);
    const startedAt = started.get(id) ?? Number.NaN;
    times.set(names.get(id) ?? '', { startedAt, endedAt: millisecondsOf(event.eventTime) });
  }
  return times;
}

/** Temporal's times are seconds and nanoseconds. */
function millisecondsOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1_000_000;
}
