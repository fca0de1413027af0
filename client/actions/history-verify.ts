import type { Client } from '@temporalio/client';
import type { ChainReport, OpenedEntries } from '../../domain/contract/report.ts';
import type { ChainPlace } from '../../domain/journal/journal.ts';
import { formatCount } from '../../domain/text.ts';
import type { CommonOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { requireTenant } from '../remote/known-tenant.ts';
import { queryWorker } from '../remote/query.ts';
import { printResult, type Session } from '../render/output.ts';
import { moment } from '../render/words/moments.ts';

/** Says whether the chain of the journal is whole, and ends with 1 when it is not. */
export async function verifyHistory(
  client: Client,
  session: Session,
  tenant: string,
  { json }: CommonOptions,
): Promise<void> {
  const { checked, opened, report } = await followAll(client, tenant);
  if (checked === 0) await requireTenant(client, tenant);
  const { end, anchor, broken } = report;
  const document = {
    ...{ tenant, whole: broken === null, entries: checked, pruned: anchor, head: end },
    ...{ opened, broken },
  };
  const text = broken
    ? `The journal of ${tenant} is broken at entry ${broken.sequence}. ${broken.problem}`
    : [
        `The journal of ${tenant} is whole: ${formatCount(checked, 'entry', 'entries')}, the last one ${end.sequence} with the hash ${end.hash}.`,
        ...(anchor > 0 ? [`Entries up to ${anchor} were dropped for their age.`] : []),
        ...opened.map(openedText),
      ].join('\n');
  if (broken) session.exitCode = exitCodes.failed;
  printResult(session, json, document, () => text);
}

const openedText = ({ sequence, at, by, entries }: OpenedEntries) =>
  `${formatCount(entries, 'entry was', 'entries were')} opened by the erasure of entry ${sequence} (${moment(at)}, by ${by}): the chain does not cover what they say.`;

async function followAll(
  client: Client,
  tenant: string,
): Promise<{ checked: number; opened: OpenedEntries[]; report: ChainReport }> {
  let from: ChainPlace | null = null;
  const opened = new Map<number, OpenedEntries>();
  for (let checked = 0; ; ) {
    const report: ChainReport = await queryWorker(client, { about: 'verify', tenant, from });
    checked += report.checked;
    for (const each of report.opened) {
      const before = opened.get(each.sequence)?.entries ?? 0;
      opened.set(each.sequence, { ...each, entries: before + each.entries });
    }
    if (report.done) return { checked, opened: [...opened.values()], report };
    from = report.end;
  }
}
