/**
 * Requests per second at which changes are applied in both ways: one change in each activity, or several in one
 * (`batchSizeFor` in domain/plan/phases.ts).
 */
export const rates = { oneByOne: 50, batched: 100 } as const;
export const bothRates = Object.values(rates);
