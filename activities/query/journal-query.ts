/** Queries about the journal: its entries, its chain, erasing a person, and what an undo would do. */
import type { ErasureReport } from '../../domain/contract/erasure.ts';
import type { JournalLine } from '../../domain/contract/journal-line.ts';
import type { JournalQuery } from '../../domain/contract/query.ts';
import type { ChainReport, Page, ReportLine, UndoPreview } from '../../domain/contract/report.ts';
import type { Change } from '../../domain/plan/change.ts';
import { erasePerson } from '../../store/erasure/erase-person.ts';
import { followPage } from '../../store/journal/journal-chain.ts';
import { journalPage } from '../../store/journal/journal-page.ts';
import { requireSomethingLeft, requireUndoable, undoOf } from '../cycle/undo.ts';
import { newestTenant, type Services } from '../services.ts';
import { withDifferences } from './configuration-query.ts';

export type JournalResult = Page<JournalLine> | ChainReport | UndoPreview | ErasureReport;

/** Lines and findings of an undo that a command shows. */
const shownMax = 200;

/** @throws WrongUseError when there is nothing to undo or erase, ConfigurationError when the tenant has no file */
export async function runJournalQuery(services: Services, query: JournalQuery): Promise<JournalResult> {
  const { database } = services;
  switch (query.about) {
    case 'history':
      return await historyPage(services, query);
    case 'verify':
      return await followPage(database, query.tenant, query.from);
    case 'erase':
      return await database.transaction((store) => erasePerson(store, query, services.now()));
    case 'undo': {
      const { tenant, cycle: undoes } = query;
      await requireUndoable(services, { tenant, undoes });
      const { plan, gated } = await undoOf(services, await newestTenant(services, tenant), undoes);
      await requireSomethingLeft(services, { tenant, undoes }, gated);
      return {
        changes: gated.length,
        lines: gated.slice(0, shownMax).map(lineOf),
        findings: plan.findings.slice(0, shownMax),
      };
    }
  }
}

async function historyPage(
  { database }: Services,
  query: Extract<JournalQuery, { about: 'history' }>,
): Promise<Page<JournalLine>> {
  const { items, next } = await journalPage(database, query);
  return { items: await withDifferences(database, query.tenant, items), next };
}

function lineOf({ kind, subject, reason, hold, refusal }: Change, position: number): ReportLine {
  return {
    position,
    change: kind,
    status: refusal ? 'refused' : hold ? 'held' : 'planned',
    subject: subject.type === 'person' ? subject.email : subject.name,
    name: subject.name,
    why: reason,
    hold,
    refusal,
    failure: null,
  };
}
