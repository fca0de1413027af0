/** The value of a call, which is made again when it is too old or forgotten, or has failed. */
export function cachedFor<Value>(ageMaxMs: number, read: () => Promise<Value>) {
  let known: { value: Promise<Value>; atMs: number } | null = null;
  return {
    value(): Promise<Value> {
      if (known !== null && performance.now() - known.atMs < ageMaxMs) return known.value;
      const reading = { value: read(), atMs: performance.now() };
      known = reading;
      reading.value.catch(() => {
        if (known === reading) known = null;
      });
      return reading.value;
    },
    forget(): void {
      known = null;
    },
  };
}
