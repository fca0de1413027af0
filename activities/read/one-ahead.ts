/** Items in their order. The next one is on its way while the one before is used; never more, so that memory stays bounded. */
export async function* oneAhead<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (let coming = next(iterator); ; ) {
      const { done, value } = await coming;
      if (done) return;
      coming = next(iterator);
      yield value;
    }
  } finally {
    // A caller that stops early does not wait for what is still on its way.
    void iterator.return?.();
  }
}

/** An item that is no longer asked for may fail. */
function next<Item>(iterator: AsyncIterator<Item>): Promise<IteratorResult<Item>> {
  const coming = iterator.next();
  coming.catch(() => undefined);
  return coming;
}
