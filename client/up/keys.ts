/** The keys of a running `up`. */
import type { Client } from '@temporalio/client';
import { allTenants } from '../remote/status-of-all.ts';
import type { Session } from '../render/output.ts';
import type { Progress } from '../render/progress.ts';
import { tenantsList } from '../render/tenants-list.ts';
import { openInBrowser } from '../sign-in/browser.ts';

export const keysText = "Keys: u opens Temporal's UI, s shows the status, q stops everything.";

/** Listens until the returned function is called. Nothing without a terminal. */
export function listenForKeys(
  client: Client,
  { watcher, columns }: Session,
  { uiUrl, progress, stop }: { uiUrl: string; progress: Progress; stop: () => void },
): () => void {
  if (watcher === null) return () => undefined;
  return watcher.onKey((key) => {
    if (key === 'q') stop();
    else if (key === 'u') openInBrowser(uiUrl);
    else if (key === 's') void showStatus(client, columns, progress);
  });
}

async function showStatus(client: Client, columns: number, progress: Progress): Promise<void> {
  const tenants = await allTenants(client).catch(() => null);
  progress.say(
    tenants ? tenantsList(columns).textOf({ tenants }) : 'The status cannot be read now: try again.',
  );
}
