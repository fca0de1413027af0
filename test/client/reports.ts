/** Reports of cycles as a worker returns them, for tests of how they are shown. */
import type { CycleReport, ReportLine } from '../../domain/contract/report.ts';

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
