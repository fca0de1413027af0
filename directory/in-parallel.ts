/** Results in the order of the items, a few calls at a time. Ends with all calls: none goes on after an error. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  call: (item: Item) => Promise<Result>,
  atOnce = 4,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const errors: unknown[] = [];
  const rest = items.entries();
  async function work(): Promise<void> {
    for (const [index, item] of rest) {
      if (errors.length > 0) return;
      try {
        results.set(index, await call(item));
      } catch (error) {
        errors.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  if (errors.length > 0) throw errors[0];
  return [...results].toSorted(([one], [other]) => one - other).map(([, result]) => result);
}
