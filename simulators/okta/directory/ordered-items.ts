/**
 * Items in the order in which they came. Each keeps its position for good, so that a page can continue behind one that
 * is gone by then.
 */
export class OrderedItems<Item extends { id: string }> {
  readonly #items: (Item | null)[];
  readonly #positions = new Map<string, number>();

  constructor(items: readonly (Item | null)[] = []) {
    this.#items = [...items];
    for (const [position, item] of this.#items.entries()) if (item) this.#positions.set(item.id, position);
  }

  get size(): number {
    return this.#positions.size;
  }

  has(id: string): boolean {
    return this.#positions.has(id);
  }

  get(id: string): Item | undefined {
    const position = this.#positions.get(id);
    return position === undefined ? undefined : (this.#items[position] ?? undefined);
  }

  /** Adds an item; false when there is one of its id. */
  add(item: Item): boolean {
    if (this.#positions.has(item.id)) return false;
    this.#positions.set(item.id, this.#items.push(item) - 1);
    return true;
  }

  delete(id: string): boolean {
    const position = this.#positions.get(id);
    if (position === undefined) return false;
    this.#items[position] = null;
    return this.#positions.delete(id);
  }

  /** Yields the items from a position on, each with its position. */
  *from(start = 0): Generator<{ position: number; item: Item }> {
    for (let position = start; position < this.#items.length; position += 1) {
      const item = this.#items[position];
      if (item) yield { position, item };
    }
  }

  values(): Item[] {
    return this.#items.filter((item) => item !== null);
  }

  /** For the constructor. */
  save(): (Item | null)[] {
    return this.#items;
  }
}
