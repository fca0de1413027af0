import type { Person } from '../people/directory.ts';
import { startDateOf } from '../people/person.ts';
import type { Change } from '../plan/change.ts';
import { seatsOf, takesSeat } from '../plan/seats.ts';
import { compareText } from '../text.ts';
import type { GateInput } from './input.ts';

type Input = Pick<GateInput, 'timely' | 'plan' | 'parked' | 'seatRefused'>;

/**
 * Holds those for whom no seat is free, in order of their start date and then their name. Who waits for something else
 * takes no place in the queue. Removals of the same plan free nothing here: they may be dropped or fail, the documents
 * conflict on whether a removal frees a seat (docs/reference/timely-api.md section 2.6), and an invitation too many may
 * buy one. The next cycle sees what they have freed.
 */
export function holdWithoutSeat(changes: readonly Change[], input: Input): Change[] {
  const queue = queueOf(changes, input);
  const seats = seatsOf(input.timely);
  const byNumbers = seats?.free ?? Number.POSITIVE_INFINITY;
  // Timely's word goes before its numbers: one person tries whether it still has no seat.
  const going = input.seatRefused ? Math.min(byNumbers, 1) : byNumbers;
  const waiting = queue.slice(going);
  const figures = seats
    ? `${seats.paid} seats are paid for, ${seats.used} are used, ${queue.length} people want one`
    : `Timely refused the last invitation for want of a seat, ${queue.length} people want one`;
  const details = new Map(
    waiting.map(({ fingerprint }, index) => [
      fingerprint,
      `${figures}; waits as number ${index + 1} of ${waiting.length}, in order of start date and name. Goes on by itself when a seat is free.`,
    ]),
  );
  return changes.map((change) => {
    const detail = details.get(change.fingerprint);
    return detail === undefined ? change : { ...change, hold: { rule: 'no-seat', detail } };
  });
}

/** Everybody who would take a seat now, first come first. */
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

/** Whoever has no start date comes after those who have. */
function compareStart(one: Person | undefined, other: Person | undefined): number {
  const [start, otherStart] = [one, other].map((person) => (person ? startDateOf(person) : null));
  return compareText(start ?? 'no date', otherStart ?? 'no date');
}
