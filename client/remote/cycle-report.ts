/** A cycle from waiting for it to its exit code: what `up` and `sync` use. */

export { reportTable } from '../render/report-table.ts';
export { cycleDocument, exitCodeFor } from './cycle-document.ts';
export { followCycle } from './follow-cycle.ts';
