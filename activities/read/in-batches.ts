import { Readable } from 'node:stream';

/**
 * Items in their order, in batches. While a batch is used, at most `max` items are read ahead: they are the next one. So memory
 * stays bounded. A failure to read comes after the items before it.
 */
export async function* inBatches<Item>(
  items: AsyncIterable<Item>,
  max: number,
): AsyncGenerator<Item[], void, undefined> {
  const ahead = Readable.from(outcomes(items), { highWaterMark: max });
  for await (const first of ahead as AsyncIterable<Outcome<Item>>) {
    const batch: Item[] = [];
    for (let read: Outcome<Item> | null = first; read !== null; read = ahead.read()) {
      if ('failure' in read) {
        if (batch.length > 0) yield batch;
        throw read.failure;
      }
      batch.push(read.item);
    }
    yield batch;
  }
}

type Outcome<Item> = { item: Item } | { failure: unknown };

/** A stream that fails forgets what it holds, so a failure is an item like others. */
async function* outcomes<Item>(items: AsyncIterable<Item>): AsyncGenerator<Outcome<Item>, void, undefined> {
  try {
    for await (const item of items) yield { item };
  } catch (failure) {
    yield { failure };
  }
}
