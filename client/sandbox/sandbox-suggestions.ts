import type { Client } from '@temporalio/client';
import { queryWorker } from '../remote/query.ts';

/** A person of the sandbox's company whose leaving trips no rule. */
const leaver = 'giulia.ferri@contoso.example';

/**
 * Three commands that show what the sync is about, as text: with the sandbox's own people and its open approval.
 * `data` is the folder that `up` was started with.
 */
export async function sandboxSuggestions(client: Client, tenant: string, data: string): Promise<string> {
  const { items } = await queryWorker(client, { about: 'approvals', tenant, open: true, after: 0 });
  const waiting = items[0];
  const folder = data === '.timely-sync' ? '' : ` --data ${data}`;
  return [
    'Try next, in another terminal, after the line with `export` above.',
    'A person leaves, and is out of Timely a second later:',
    `  npx --no-install timely-sync sandbox leave ${leaver}${folder}`,
    'The account that waits for a person is approved:',
    `  npx --no-install timely-sync approvals approve ${waiting?.id ?? `${tenant}/1`} --note "known to me"`,
    'A person is invited by hand, and left alone:',
    `  npx --no-install timely-sync sandbox invite-by-hand guest@elsewhere.example${folder}`,
  ].join('\n');
}
