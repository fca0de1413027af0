import type { Client } from '@temporalio/client';
import { durationMs, durationPattern } from '../../config/duration.ts';
import type { ChainReport, JournalLine, OpenedEntries } from '../../domain/contract/report.ts';
import type { ChainPlace } from '../../domain/journal/journal.ts';
import { formatCount } from '../../domain/text.ts';
import type { CommonOptions } from '../command.ts';
import { exitCodes, usageError } from '../exit-codes.ts';
import { withClient } from '../remote/connection.ts';
import { requireTenant } from '../remote/known-tenant.ts';
import { everyItem, queryWorker } from '../remote/query.ts';
import { historyFormat } from '../render/history-file.ts';
import { countedItems, moment, printResult, type Session, table } from '../render/output.ts';
import { writePrivateFile } from '../render/private-file.ts';

export interface HistoryFlags extends CommonOptions {
  person?: string;
  since?: string;
  out?: string;
  verify?: boolean;
}

/** More than a person reads on a terminal; `--json` and `--out` have all. */
const shownLimit = 200;

/** Prints the journal or writes it to a file; or with `--verify` says whether its chain is whole. */
export async function runHistory(session: Session, tenant: string, flags: HistoryFlags): Promise<void> {
  await withClient((client) =>
    flags.verify ? verify(client, session, tenant, flags) : show(client, session, tenant, flags),
  );
}

async function show(
  client: Client,
  session: Session,
  tenant: string,
  { person, since, out, json }: HistoryFlags,
): Promise<void> {
  const format = out === undefined ? null : historyFormat(out);
  const from = since === undefined ? undefined : momentOf(since);
  const limit = json || format ? Number.POSITIVE_INFINITY : shownLimit + 1;
  const entries = await everyItem<JournalLine>(
    (after) =>
      queryWorker(client, {
        about: 'history',
        tenant,
        ...(person && { person }),
        ...(from && { since: from }),
        after,
      }),
    limit,
  );
  if (entries.length === 0) await requireTenant(client, tenant);
  if (out === undefined || !format) {
    printResult(session, json, { tenant, entries }, (shown) => historyText(shown.entries, session.columns));
    return;
  }
  await writePrivateFile(out, format(entries));
  const said = `${countedItems(entries.length, 'entry').replace('entrys', 'entries')} in ${out}.`;
  printResult(session, json, { tenant, file: out, entries: entries.length }, () => said);
}

function momentOf(text: string): string {
  if (durationPattern.test(text)) return new Date(Date.now() - durationMs(text)).toISOString();
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw usageError(`"${text}" is not a time: write 2026-11-01, 2026-11-01T08:00Z, or 7d.`);
  return new Date(at).toISOString();
}

function historyText(entries: JournalLine[], columns: number): string {
  if (entries.length === 0) return 'The journal has no such entry.';
  const rows = entries
    .slice(0, shownLimit)
    .map((line) => [
      moment(line.at),
      line.cycle > 0 ? String(line.cycle) : '-',
      line.kind,
      line.subject ?? '(erased)',
      whyOf(line),
    ]);
  const more = entries.length > shownLimit ? ['… and more: --out FILE has all of them.'] : [];
  return [table(['when', 'cycle', 'what', 'who', 'why'], rows, columns), ...more].join('\n');
}

function whyOf({ kind, reason, approval, after }: JournalLine): string {
  const { decision, by } = (after ?? {}) as { decision?: string; by?: string };
  if (kind === 'reopened')
    return `${by}: asks again about approval ${approval}${reason ? `: ${reason}` : ''}`;
  if (kind === 'decided') return `${by}: ${decision} approval ${approval}${reason ? `: ${reason}` : ''}`;
  return approval === null ? reason : `${reason} (approved by approval ${approval})`;
}

async function verify(
  client: Client,
  session: Session,
  tenant: string,
  { json }: HistoryFlags,
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
        `The journal of ${tenant} is whole: ${checked} entries, the last one ${end.sequence} with the hash ${end.hash}.`,
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
