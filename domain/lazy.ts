/** Makes a value when it is first asked for, and answers that one from then on. */
export function lazy<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The function with its answers kept: what is the same for many people is made, and held, once. */
export function memoize<Key, Value>(answer: (key: Key) => Value): (key: Key) => Value {
  const answers = new Map<Key, Value>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const made = answer(key);
    answers.set(key, made);
    return made;
  };
}
