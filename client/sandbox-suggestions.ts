import type { Client } from '@temporalio/client';
import { ask } from './ask.ts';

/** Somebody of the sandbox's company who may leave without anything tripping over it. */
const leaver = 'ada.lindqvist@contoso.example';

/** Three commands that show what the sync is about, as text: with the sandbox's own people and the request that waits there. */
export async function sandboxSuggestions(client: Client, tenant: string): Promise<string> {
  const { items } = await ask(client, { about: 'approvals', tenant, after: 0 });
  const waiting = items.find(({ state }) => state === 'open');
  return [
    'Try next, in another terminal (after the `export` line above):',
    `  npx timely-sync sandbox leave ${leaver}          # out of Timely a second later`,
    `  npx timely-sync approvals approve ${waiting?.id ?? `${tenant}/1`} --note "known to me"`,
    '  npx timely-sync sandbox invite-by-hand guest@elsewhere.example   # and the sync leaves them alone',
  ].join('\n');
}
