/** Property tests are short in `npm test`. `PROPERTY_SCALE=10 npm test -- test/domain` tries twenty times as many examples. */
const scale = Number(process.env.PROPERTY_SCALE ?? 0.5);

/** How often a property runs: `count` times, multiplied by PROPERTY_SCALE. */
export const propertyRuns = (count: number): number => Math.max(Math.ceil(count * scale), 1);
