import type { Person } from '../people/directory.ts';
import { startDateOf } from '../people/person.ts';
import type { Change } from '../plan/change.ts';
import { freeAfter, type Seats, seatsOf, takesSeat } from '../plan/seats.ts';
import { compareText, formatCount } from '../text.ts';
import type { GateInput } from './gate-input.ts';

type Input = Pick<GateInput, 'timely' | 'plan' | 'parked' | 'seatRefused' | 'removalsWait'>;

/**
 * Holds people for whom no seat is free. The queue is in the order of start date, then name. People held for another reason
 * are not in the queue. Seats that removals of the same plan free are given away too: before the invitations the seats are
 * counted again (activities/apply/before-inviting.ts), because a removal may be dropped or fail, and Timely's
 * documents conflict on whether a removal frees a seat (docs/reference/timely-api.md section 2.6). One invitation too many
 * may buy a seat.
 */
export function holdWithoutSeat(changes: readonly Change[], input: Input): Change[] {
  const queue = inQueueOrder(
    changes.filter((change) => takesSeat(change) && isGoing(change, input)),
    ({ subject }) => (subject.type === 'person' ? input.plan.index.person(subject.personId) : undefined),
  );
  const freed = input.removalsWait
    ? 0
    : changes.filter((change) => change.kind === 'remove' && isGoing(change, input)).length;
  const seats = seatsOf(input.timely);
  const byNumbers = seats ? freeAfter(seats, freed) : Number.POSITIVE_INFINITY;
  // A refusal by Timely outweighs its numbers: one person tries whether a seat is free again, and more only after removals.
  const going = input.seatRefused ? Math.min(byNumbers, Math.max(freed, 1)) : byNumbers;
  const waiting = queue.slice(going);
  const details = new Map(
    waiting.map(({ fingerprint }, index) => [
      fingerprint,
      noSeatDetail({ seats, freed, needed: queue.length }, { place: index + 1, of: waiting.length }),
    ]),
  );
  return changes.map((change) => {
    const detail = details.get(change.fingerprint);
    return detail === undefined ? change : { ...change, hold: { rule: 'no-seat', detail } };
  });
}

const isGoing = ({ hold, refusal, fingerprint }: Change, { parked }: Input) =>
  !hold && !refusal && !parked?.has(fingerprint);

/** Says why a person waits for a seat. `freed`: seats that removals of the plan free; null `seats`: Timely has no numbers. */
export function noSeatDetail(
  { seats, freed, needed }: { seats: Seats | null; freed: number; needed: number },
  { place, of }: { place: number; of: number },
): string {
  const freedText = freed > 0 ? `, removals of this plan free ${freed}` : '';
  const need = formatCount(needed, 'person needs one', 'people need one');
  const figures = seats
    ? `${formatCount(seats.paid, 'seat is', 'seats are')} paid for, ${formatCount(seats.used, 'is', 'are')} used${freedText}, ${need}`
    : `Timely refused the last invitation because no seat was free, ${need}`;
  return `${figures}; number ${place} of ${of} in the queue, in order of start date and name. This ends when a seat is free.`;
}

/** Sorts the people who need a seat: by start date, then by name. `personOf` returns what the directory knows. */
export function inQueueOrder<Item extends Pick<Change, 'subject' | 'fingerprint'>>(
  items: readonly Item[],
  personOf: (item: Item) => Person | undefined,
): Item[] {
  return items.toSorted(
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
