/** Where a list that is read by ids of its objects stands, and what was seen of it. */
import { z } from 'zod';
import { ContractError, CursorExpiredError } from '../../domain/errors.ts';

export const firstStartId = 'initial';

export const listPlaceSchema = z.strictObject({
  /** `startId` of the next page. */
  startId: z.string(),
  /** `totalResults` of the first page; null before it. */
  total: z.int().nullable(),
  collected: z.int(),
  /** The last id, while all came in order; null before the first one, and once they do not. */
  lastId: z.string().nullable(),
  isOrdered: z.boolean(),
  /** How often the list was begun again. */
  restarts: z.int(),
});
export type ListPlace = z.output<typeof listPlaceSchema>;

export const firstListPlace: ListPlace = {
  startId: firstStartId,
  total: null,
  collected: 0,
  lastId: null,
  isOrdered: true,
  restarts: 0,
};

/**
 * Finds an id that comes twice. While ids come in order, the last one is enough, so that another attempt can go on from a page.
 * Without an order all ids are kept, and a list is only read in one go.
 */
export class SeenIds {
  readonly #ids = new Set<string>();
  readonly #isResumed: boolean;
  #lastId: string | null;
  #isOrdered: boolean;

  /** @throws CursorExpiredError when the ids that came before the place are not known */
  constructor({ lastId, isOrdered, collected }: ListPlace) {
    this.#isResumed = collected > 0;
    this.#lastId = lastId;
    this.#isOrdered = isOrdered;
    if (this.#isResumed && !isOrdered) throw unordered();
  }

  /** @throws ContractError for an id that has come before, CursorExpiredError when that cannot be known */
  add(id: string, operation: string): void {
    if (this.#ids.has(id) || id === this.#lastId)
      throw new ContractError(`${operation}: the same id came twice within one read.`);
    if (this.#lastId !== null && id < this.#lastId) {
      if (this.#isResumed) throw unordered();
      this.#isOrdered = false;
    }
    this.#ids.add(id);
    this.#lastId = id;
  }

  /** @throws CursorExpiredError when the ids that came before the place are not known */
  has(id: string): boolean {
    if (this.#isResumed) throw changedMeanwhile();
    return this.#ids.has(id);
  }

  get state(): Pick<ListPlace, 'lastId' | 'isOrdered'> {
    return { lastId: this.#isOrdered ? this.#lastId : null, isOrdered: this.#isOrdered };
  }
}

const changedMeanwhile = () =>
  new CursorExpiredError(
    'Somebody came or went while the list was read, so it is read again from the start.',
  );
const unordered = () => new CursorExpiredError('The list has no order, so it is read again from the start.');
