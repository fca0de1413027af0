import { edgeOf, isoOf, type Watermark } from '../../watermark.ts';

/** The System Log may store an event this long after it happened. */
const logOverlapMs = 15 * 60_000;

/** Events after this moment are read by the next round, by Okta's clock. */
export const eventsSince = (watermark: Watermark): string => isoOf(edgeOf(watermark, logOverlapMs));
