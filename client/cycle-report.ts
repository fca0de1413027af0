/** A cycle from waiting for it to its exit code: what `up` and `sync` use. */
export { cycleDocument, exitCodeFor } from './cycle-document.ts';
export { followCycle } from './follow-cycle.ts';
export { reportTable } from './report-table.ts';
