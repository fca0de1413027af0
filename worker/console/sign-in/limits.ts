/** How many sign-ins may be begun in a minute: each one costs workers and the sign-in service something. */
import { isIPv4, isIPv6 } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { ConsoleContext } from '../deps.ts';

/** Sign-ins a minute. A whole company may come from one address at once. */
const defaults = { inAll: 6_000, fromOneAddress: 600, atOneTenant: 1_200 };
const seconds = 60;

export interface SignInLimits {
  /** Counts a sign-in. False when there were too many. */
  allow(context: ConsoleContext, tenant: string | null): Promise<boolean>;
}

/** Each worker counts by itself. */
export function createSignInLimits({ inAll, fromOneAddress, atOneTenant } = defaults): SignInLimits {
  const limiter = (points: number) => new RateLimiterMemory({ points, duration: seconds });
  // The one for all comes first: it bounds how many addresses are remembered.
  const [all, byAddress, byTenant] = [limiter(inAll), limiter(fromOneAddress), limiter(atOneTenant)];
  return {
    async allow(context, tenant) {
      try {
        await all.consume('all');
        await byAddress.consume(networkOf(callerOf(context)));
        await byTenant.consume(tenant ?? 'operators');
        return true;
      } catch (refusal) {
        // The library throws what it counted when there was too much.
        if (refusal instanceof Error) throw refusal;
        return false;
      }
    },
  };
}

/** A line gets a whole /64 of IPv6, so addresses of it are one caller. */
function networkOf(address: string): string {
  const mapped = address.replace(/^::ffff:/i, '');
  if (isIPv4(mapped) || !isIPv6(address)) return mapped;
  const [before = '', after] = address.split('::');
  const groups = (part = '') => (part === '' ? [] : part.split(':'));
  const zeros = after === undefined ? 0 : 8 - groups(before).length - groups(after).length;
  const all = [...groups(before), ...Array.from({ length: zeros }, () => '0'), ...groups(after)];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16))
    .join(':');
}

/** The address that a request came from. With TLS there is a proxy in front, which names it last. */
function callerOf(context: ConsoleContext): string {
  const { url } = context.var.deps.settings;
  const named = context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim();
  if (url.startsWith('https:') && named) return named;
  // Requests of tests come through no connection.
  return 'incoming' in Object(context.env) ? (getConnInfo(context).remote.address ?? '') : '';
}
