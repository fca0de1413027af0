/**
 * Plans the undo of a cycle, from its entries in the journal and from Timely's current state. It leaves alone what was
 * already undone or has changed since, so the same undo can be planned again at any time.
 */

import type { PlannedChange, PlannedPersonChange } from '../plan/change.ts';
import { teamChangeWithFingerprint } from '../plan/fingerprint.ts';
import { compareKinds, phaseOf } from '../plan/phases.ts';
import type { Plan } from '../plan/plan.ts';
import { orderRenames } from '../teams/rename-order.ts';
import { compareText } from '../text.ts';
import { generalFindings } from './undo-findings.ts';
import type { UndoInput } from './undo-input.ts';
import { undoPeople } from './undo-people.ts';
import { undoTeams } from './undo-teams.ts';

/** Returns the plan of the undo. Its findings say what it cannot undo. */
export function planUndo(input: UndoInput): Plan {
  const { digest } = input;
  const people = undoPeople(input);
  const returning = new Set(people.changes.filter(isReturn).map(({ subject }) => subject.personId));
  const teams = undoTeams(input, people.returners, returning);
  const teamChanges = (waiting: ReadonlySet<string>) =>
    orderRenames(
      teams
        .drafts(waiting)
        .map((draft) => teamChangeWithFingerprint(draft, digest))
        .sort(compareChanges),
    );
  return {
    changes: [...people.changes.sort(compareChanges), ...teamChanges(new Set())],
    preHolds: new Map(),
    teamChanges,
    verdicts: [],
    findings: [...generalFindings(input), ...people.findings, ...teams.findings],
    unchanged: 0,
    linkUpdates: [],
    teamLinkUpdates: [],
    teamsByPattern: new Map(),
    rolesByHand: new Set(),
    agreedRoles: [],
    needsReplan: { people: new Set(), users: new Set(), sources: new Set() },
    matchExamples: new Map(),
    unplannedPresentLinks: 0,
    index: input.index,
  };
}

const isReturn = ({ kind }: PlannedPersonChange) => kind === 'reinstate';

/** A team that an undo retires may have the name of one that it creates again, so it goes first within its phase. */
const rankInPhase = ({ kind }: PlannedChange) => (kind === 'retireTeam' ? 0 : 1);

function compareChanges(one: PlannedChange, other: PlannedChange): number {
  return (
    phaseOf(one.kind) - phaseOf(other.kind) ||
    rankInPhase(one) - rankInPhase(other) ||
    compareKinds(one.kind, other.kind) ||
    compareText(one.subject.name, other.subject.name) ||
    compareText(one.fingerprint, other.fingerprint)
  );
}
