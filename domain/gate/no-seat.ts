import type { Person } from '../people/directory.ts';
import { startDateOf } from '../people/person.ts';
import type { Change } from '../plan/change.ts';
import { seatsOf, takesSeat } from '../plan/seats.ts';
import { compareText } from '../text.ts';
import type { GateInput } from './gate-input.ts';

type Input = Pick<GateInput, 'timely' | 'plan' | 'parked' | 'seatRefused'>;

/**
 * Holds people for whom no seat is free. The queue is in the order of start date, then name. People held for another
 * reason are not in the queue. Removals of the same plan free no seat here: they may be dropped or fail, and Timely's
 * documents conflict on whether a removal frees a seat (docs/reference/timely-api.md section 2.6). One invitation too many
 * may buy a seat. The next cycle sees the seats that were freed.
 */
export function holdWithoutSeat(changes: readonly Change[], input: Input): Change[] {
  const queue = queueOf(changes, input);
  const seats = seatsOf(input.timely);
  const byNumbers = seats?.free ?? Number.POSITIVE_INFINITY;
  // A refusal by Timely outweighs its numbers: one person tries whether a seat is free again.
  const going = input.seatRefused ? Math.min(byNumbers, 1) : byNumbers;
  const waiting = queue.slice(going);
  const figures = seats
    ? `${seats.paid} seats are paid for, ${seats.used} are used, ${queue.length} people need one`
    : `Timely refused the last invitation because no seat was free, ${queue.length} people need one`;
  const details = new Map(
    waiting.map(({ fingerprint }, index) => [
      fingerprint,
      `${figures}; number ${index + 1} of ${waiting.length} in the queue, in order of start date and name. This ends when a seat is free.`,
    ]),
  );
  return changes.map((change) => {
    const detail = details.get(change.fingerprint);
    return detail === undefined ? change : { ...change, hold: { rule: 'no-seat', detail } };
  });
}

/** People who would take a seat now, in the order of the queue. */
function queueOf(changes: readonly Change[], { plan, parked }: Input): Change[] {
  const personOf = ({ subject }: Change) =>
    subject.type === 'person' ? plan.index.person(subject.personId) : undefined;
  return changes
    .filter(
      (change) => takesSeat(change) && !change.hold && !change.refusal && !parked?.has(change.fingerprint),
    )
    .toSorted(
      (one, other) =>
        compareStart(personOf(one), personOf(other)) ||
        compareText(one.subject.name, other.subject.name) ||
        compareText(one.fingerprint, other.fingerprint),
    );
}

/** People without a start date come last. */
function compareStart(one: Person | undefined, other: Person | undefined): number {
  const [start, otherStart] = [one, other].map((person) => (person ? startDateOf(person) : null));
  return compareText(start ?? 'no date', otherStart ?? 'no date');
}
