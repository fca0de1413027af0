import { durationMs, durationPattern } from '../../config/duration.ts';
import type { JournalLine } from '../../domain/contract/journal-line.ts';
import { type JournalKind, journalKinds } from '../../domain/journal/journal.ts';
import { listPage, tenantQuery } from '../../domain/temporal-ui.ts';
import { formatCount } from '../../domain/text.ts';
import type { ListOptions, WebOption } from '../command.ts';
import { usageError } from '../exit-codes.ts';
import { writePrivateFile } from '../private-file.ts';
import { withClient } from '../remote/connection.ts';
import { requireTenant } from '../remote/known-tenant.ts';
import { everyItem, queryWorker } from '../remote/query.ts';
import { historyColumns, historyFormat } from '../render/history-file.ts';
import { entriesShown, historyText } from '../render/history-text.ts';
import { printList } from '../render/list-output.ts';
import { printResult, type Session } from '../render/output.ts';
import { showInUi } from '../temporal-ui.ts';
import { verifyHistory } from './history-verify.ts';

export interface HistoryFlags extends ListOptions, WebOption {
  person?: string;
  since?: string;
  kind?: string[];
  out?: string;
  verify?: boolean;
}

/** Prints the journal or writes it to a file; or with `--verify` says whether its chain is whole. */
export async function runHistory(session: Session, tenant: string, flags: HistoryFlags): Promise<void> {
  const { web, verify, json } = flags;
  if (web) await showInUi(session, json, (ui) => listPage(ui, tenantQuery(tenant)));
  else if (verify) await withClient((client) => verifyHistory(client, session, tenant, flags));
  else await show(session, tenant, flags);
}

async function show(session: Session, tenant: string, flags: HistoryFlags): Promise<void> {
  const { out, json, output = json ? 'json' : 'table' } = flags;
  const format = out === undefined ? null : historyFormat(out);
  const limit = output === 'table' && !format ? entriesShown + 1 : Number.POSITIVE_INFINITY;
  const entries = await journalEntries(tenant, filterOf(flags), limit);
  if (out !== undefined && format) {
    await writePrivateFile(out, format(entries));
    const said = `${formatCount(entries.length, 'entry', 'entries')} in ${out}.`;
    printResult(session, json, { tenant, file: out, entries: entries.length }, () => said);
    return;
  }
  printList(
    session,
    flags,
    { tenant, entries },
    {
      textOf: (shown) => historyText(shown.entries, session),
      titles: historyColumns.titles,
      rowsOf: (shown) => historyColumns.rows(shown.entries),
    },
  );
}

interface JournalFilter {
  person?: string;
  since?: string;
  kinds?: JournalKind[];
}

/** @throws CommandError (2) for a time or a kind that is none */
const filterOf = ({ person, since, kind }: HistoryFlags): JournalFilter => ({
  ...(person && { person }),
  ...(since !== undefined && { since: momentOf(since) }),
  ...(kind && { kinds: kind.map(kindOf) }),
});

async function journalEntries(tenant: string, filter: JournalFilter, limit: number): Promise<JournalLine[]> {
  return await withClient(async (client) => {
    const entries = await everyItem<JournalLine>(
      (after) => queryWorker(client, { about: 'history', tenant, ...filter, after }),
      limit,
    );
    if (entries.length === 0) await requireTenant(client, tenant);
    return entries;
  });
}

function kindOf(text: string): JournalKind {
  const kind = journalKinds.find((known) => known === text);
  if (kind) return kind;
  throw usageError(`"${text}" is not a kind of entry. Kinds are: ${journalKinds.join(', ')}.`);
}

function momentOf(text: string): string {
  if (durationPattern.test(text)) return new Date(Date.now() - durationMs(text)).toISOString();
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw usageError(`"${text}" is not a time: write 2026-11-01, 2026-11-01T08:00Z, or 7d.`);
  return new Date(at).toISOString();
}
