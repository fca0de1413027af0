/**
 * Requests per second at which changes are applied in one way and in the other: a change in each activity, or several in
 * one (`togetherFor` in domain/rate-limit/rate-limiter.ts).
 */
export const paces = { each: 50, together: 100 } as const;
export const bothPaces = Object.values(paces);
