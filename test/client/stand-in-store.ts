/** What the stand-in workflows know: the store of the product as plain lists, and what one cycle would find. */

import type { CheckLine } from '../../domain/contract/check.ts';
import type { PlanLine, PreviewInput } from '../../domain/contract/preview.ts';
import type { Query } from '../../domain/contract/query.ts';
import type {
  ApprovalDetail,
  CycleReport,
  Page,
  ReportLine,
  TenantSummary,
} from '../../domain/contract/report.ts';
import type { WhyAnswer } from '../../domain/contract/why.ts';
import type { Finding } from '../../domain/plan/change.ts';

/** Small pages, so that whoever does not ask for the next one misses something. */
const pageSize = 2;

export interface CycleOutcome {
  lines: ReportLine[];
  findings: Finding[];
  report?: Partial<CycleReport>;
}

interface CycleOrder {
  tenant: string;
  number: number;
  full: boolean;
}

/** What the stand-in workflows call. */
export interface StandInActivities {
  answer(question: Query): Promise<unknown>;
  check(question: Query): Promise<unknown>;
  preview(input: PreviewInput): Promise<unknown>;
  carryOutCycle(order: CycleOrder): Promise<void>;
  /** Why a tenant file is refused; null when it is fine. */
  checkFile(file: unknown): Promise<string | null>;
}

export class StandInStore implements StandInActivities {
  /** What the next cycle of a tenant does. */
  readonly outcomes = new Map<string, CycleOutcome>();
  readonly cycles = new Map<string, (CycleReport & CycleOutcome)[]>();
  readonly approvals: ApprovalDetail[] = [];
  readonly files: unknown[] = [];
  /** What a check finds. */
  checkLines: CheckLine[] = [];
  refusal: string | null = null;
  /** Answers to `why`, by what was asked. */
  readonly whys = new Map<string, WhyAnswer>();
  previewLines: PlanLine[] = [];
  previewsEnded = 0;

  async answer(question: Query): Promise<unknown> {
    switch (question.about) {
      case 'tenants':
        return page(this.#tenants(), question.after);
      case 'cycle':
        return this.#cycle(question.tenant, question.cycle) ?? null;
      case 'cycles':
        return [...(this.cycles.get(question.tenant) ?? [])].reverse().slice(0, question.limit);
      case 'lines': {
        const lines = this.#cycle(question.tenant, question.cycle)?.lines ?? [];
        return page(
          lines.filter(({ status }) => status === question.status),
          question.after,
        );
      }
      case 'findings':
        return page(this.#cycle(question.tenant, question.cycle)?.findings ?? [], question.after);
      case 'approvals': {
        const of = (tenant: string) => question.tenant === null || question.tenant === tenant;
        return page(
          this.approvals.filter(({ tenant, state }) => of(tenant) && (!question.open || state === 'open')),
          question.after,
        );
      }
      case 'approval': {
        const id = `${question.tenant}/${question.approval}`;
        const detail = this.approvals.find((approval) => approval.id === id);
        return detail ? { ...detail, lines: page(detail.lines, question.after) } : null;
      }
      case 'why':
        return this.whys.get(question.subject) ?? null;
      case 'previewProgress':
        return { directoryEntries: 3, timelyUsers: 2 };
      case 'previewLines':
        return page(this.previewLines, question.after);
      case 'previewFindings':
        return page<Finding>([], question.after);
      case 'previewEnd':
        this.previewsEnded += 1;
        return null;
      case 'check':
        this.files.push(question.file);
        return { tenant: 'checked', lines: this.checkLines };
    }
  }

  async preview(input: PreviewInput): Promise<unknown> {
    this.files.push(input.file);
    const of = (status: string) => this.previewLines.filter((line) => line.status === status).length;
    const asking = this.previewLines.filter(({ hold }) => hold?.rule === 'sensitive').length;
    const counts = { planned: of('planned'), held: of('held'), asking, refused: 0, failed: of('parked') };
    return {
      tenant: 'planned',
      kind: 'full',
      evidence: null,
      inScope: 3,
      unchanged: 2,
      counts,
      seats: null,
    };
  }

  check(question: Query): Promise<unknown> {
    return this.answer(question);
  }

  async carryOutCycle({ tenant, number, full }: CycleOrder): Promise<void> {
    const { lines = [], findings = [], report = {} } = this.outcomes.get(tenant) ?? {};
    const now = Date.now();
    const times = { startedAt: new Date(now).toISOString(), finishedAt: new Date(now + 4_200).toISOString() };
    const cycle = {
      ...cycleReport({ number, kind: full ? 'full' : 'incremental', ...times, ...report }),
      lines,
      findings,
    };
    this.cycles.set(tenant, [...(this.cycles.get(tenant) ?? []), cycle]);
  }

  async checkFile(file: unknown): Promise<string | null> {
    this.files.push(file);
    return this.refusal;
  }

  #cycle(tenant: string, number: number) {
    return this.cycles.get(tenant)?.find((cycle) => cycle.number === number);
  }

  #tenants(): TenantSummary[] {
    return [...this.cycles.entries()].map(([tenant, cycles]) => {
      const lines = cycles.at(-1)?.lines ?? [];
      return {
        tenant,
        lastCycle: cycles.at(-1) ?? null,
        held: lines.filter(({ status }) => status === 'held').length,
        failed: lines.filter(({ status }) => status === 'failed').length,
        openApprovals: this.approvals.filter(({ state, ...of }) => of.tenant === tenant && state === 'open')
          .length,
      };
    });
  }
}

function page<Item>(all: Item[], after: number): Page<Item> {
  const end = after + pageSize;
  return { items: all.slice(after, end), next: end < all.length ? end : null };
}

/** A finished cycle of four seconds in which nothing happened. */
export function cycleReport(differences: Partial<CycleReport> = {}): CycleReport {
  return {
    number: 1,
    kind: 'incremental',
    startedAt: '2026-11-23T10:00:00.000Z',
    finishedAt: '2026-11-23T10:00:04.200Z',
    evidence: null,
    counts: {
      inScope: 50,
      invited: 0,
      reinstated: 0,
      linked: 0,
      roleChanged: 0,
      removed: 0,
      teamsCreated: 0,
      teamsRenamed: 0,
      teamMembersChanged: 0,
      teamsRetired: 0,
      held: 0,
      failed: 0,
      unchanged: 50,
    },
    cycleError: null,
    ...differences,
  };
}

/** A change of a report: by default Ada, invited. */
export function reportLine(differences: Partial<ReportLine> = {}): ReportLine {
  return {
    position: 1,
    change: 'invite',
    status: 'done',
    subject: 'ada@contoso.example',
    name: 'Ada Example',
    why: 'in the group Timely Users',
    hold: null,
    refusal: null,
    failure: null,
    ...differences,
  };
}
