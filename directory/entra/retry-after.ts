const decimalSeconds = /^\d+(\.\d+)?$/;
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d{2}:\d{2}:\d{2}/;

/**
 * Milliseconds to wait by a `Retry-After` header: seconds, decimal seconds (microsoft-graph.md, section 4) or an HTTP
 * date. Null when it is missing or means nothing; never negative.
 */
export function retryAfterMs(header: string | null, now: Date): number | null {
  const text = header?.trim() ?? '';
  if (decimalSeconds.test(text)) return Math.ceil(Number(text) * 1000);
  if (!httpDate.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
