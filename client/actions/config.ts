import { stringify } from 'yaml';
import type { StoredConfiguration } from '../../domain/contract/control.ts';
import { jsonText, shownTexts } from '../../domain/shown-text.ts';
import type { CommonOptions } from '../command.ts';
import { CommandError, exitCodes, usageError } from '../exit-codes.ts';
import { withClient } from '../remote/connection.ts';
import { requireTenant } from '../remote/known-tenant.ts';
import { queryWorker } from '../remote/query.ts';
import type { Session } from '../render/output.ts';
import { fileDifferencesText } from '../render/words/difference-words.ts';
import { givenText } from '../render/words/event-words.ts';

export interface ConfigFlags extends CommonOptions {
  version?: string;
}

/** Prints a tenant file; who gave it and what it changed go to standard error, so that the file can be kept. */
export async function runConfig(
  session: Session,
  tenant: string,
  { version, json }: ConfigFlags,
): Promise<void> {
  const wanted = version === undefined ? undefined : versionOf(version);
  const found = await withClient(async (client) => {
    const query = {
      about: 'configuration' as const,
      tenant,
      ...(wanted !== undefined && { version: wanted }),
    };
    const stored = await queryWorker(client, query);
    if (stored === null) await requireTenant(client, tenant);
    return stored;
  });
  if (found === null)
    throw new CommandError(
      exitCodes.failed,
      wanted === undefined
        ? `${tenant} has no tenant file yet.`
        : `${tenant} has no version ${wanted} of its file.`,
    );
  if (json) return session.out(`${jsonText({ tenant, ...found })}\n`);
  session.err(`${headText(tenant, shownTexts(found))}\n`);
  session.out(stringify(shownTexts(found.file)));
}

function headText(tenant: string, { version, newest, given, differences }: StoredConfiguration): string {
  const place = version === newest ? 'in force' : `not in force: version ${newest} is`;
  const who = given ? `, ${givenText(given)}` : '';
  return [
    `# ${tenant}, version ${version}, ${place}${who}`,
    ...(differences.length > 0 ? [fileDifferencesText(`since version ${version - 1}`, differences)] : []),
  ].join('\n');
}

function versionOf(text: string): number {
  const version = Number(text);
  if (Number.isSafeInteger(version) && version > 0) return version;
  throw usageError(
    `"${text}" is not a version: \`timely-sync history TENANT --kind configured\` lists them.`,
  );
}
