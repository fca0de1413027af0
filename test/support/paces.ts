/**
 * Rates in requests per second at which an activity applies one change, or several
 * (`batchSizeFor` in domain/rate-limit/rate-limiter.ts).
 */
export const paces = { each: 50, together: 100 } as const;
export const bothPaces = Object.values(paces);
