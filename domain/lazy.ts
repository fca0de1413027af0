/** Returns a function that computes a value on first use and then keeps it. */
export function lazy<Value>(compute: () => Value): () => Value {
  let cached: { value: Value } | null = null;
  return () => {
    cached ??= { value: compute() };
    return cached.value;
  };
}

/** Returns the function with cached results, so that equal values for many people share one object. */
export function memoize<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const cache = new Map<Key, Value>();
  return (key) => {
    const known = cache.get(key);
    if (known !== undefined) return known;
    const value = compute(key);
    cache.set(key, value);
    return value;
  };
}
