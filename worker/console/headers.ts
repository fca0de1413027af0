/** Headers of every answer: nothing from elsewhere is loaded, no script runs, and no page can be framed. */
import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ConsoleEnv } from './deps.ts';

const yearSeconds = 365 * 24 * 3_600;

/** `url`: the origin of the console. */
export const consoleHeaders = (url: string): MiddlewareHandler<ConsoleEnv> =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    xFrameOptions: 'DENY',
    // Not no-referrer, with which browsers do not say where a form comes from. Addresses of tenants go nowhere else.
    referrerPolicy: 'same-origin',
    strictTransportSecurity: url.startsWith('https:') ? `max-age=${yearSeconds}` : false,
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
    permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
  });

/** Pages name people: no browser and no proxy keeps them. */
export const notKept: MiddlewareHandler<ConsoleEnv> = async (context, next) => {
  await next();
  if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store');
};
