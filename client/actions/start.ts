import type { Client } from '@temporalio/client';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { CommonOptions } from '../command.ts';
import { type Started, startTenant } from '../remote/begin/start-tenant.ts';
import { withClient } from '../remote/connection.ts';
import { queryWorker } from '../remote/query.ts';
import { printResult, type Session, say } from '../render/output.ts';
import { agreeToEdit, editOf } from '../start/agree-to-edit.ts';
import { readTenantFile } from '../tenant-file.ts';

export interface StartFlags extends CommonOptions {
  run?: boolean;
  yes?: boolean;
  by?: string;
}

/** Starts the loop of a tenant file, or gives the running one its new configuration after a look at what it changes. */
export async function runStart(session: Session, fileName: string, flags: StartFlags): Promise<void> {
  const file = await readTenantFile(fileName);
  await withClient((client) => start(client, session, { fileName, file }, flags));
}

async function start(
  client: Client,
  session: Session,
  named: { fileName: string; file: TenantFile },
  { run = false, yes = false, by, json }: StartFlags,
): Promise<void> {
  const edit = await editOf(client, named.file);
  if (edit) await agreeToEdit(client, session, named, { ...edit, yes });
  const started = await startTenant(client, named.file, { run, by });
  const { tenant, configured } = started;
  const { version, changed, paused } = configured;
  const document = { tenant, version, changed, paused, differences: edit?.differences ?? [] };
  printResult(session, json, document, () => startedText(started));
  const isConnected = await hasToken(client, named.file);
  say(session, nextText(started, { fileName: named.fileName, isConnected }));
}

function startedText({ tenant, configured: { version, changed, paused }, isNew }: Started): string {
  if (isNew && paused)
    return `${tenant} is new and paused: nothing is written to Timely before you resume it.`;
  const state = changed ? 'is the new configuration' : 'was the configuration already';
  return `${tenant} ${paused ? 'is paused' : 'runs'}; version ${version} ${state}.`;
}

/** The tenant file has a first token, or a sign-in was made before, as `init` offers. */
async function hasToken(client: Client, { tenant, target }: TenantFile): Promise<boolean> {
  if (target.initialRefreshToken !== undefined) return true;
  return (await queryWorker(client, { about: 'signedInAt', tenant })) !== null;
}

function nextText(
  { tenant, configured: { paused } }: Started,
  { fileName, isConnected }: { fileName: string; isConnected: boolean },
): string {
  if (!paused) return `Next: timely-sync status ${tenant}`;
  const connect = isConnected ? '' : `timely-sync connect ${tenant}; `;
  return `Next: ${connect}timely-sync preview ${fileName}; timely-sync resume ${tenant}`;
}
