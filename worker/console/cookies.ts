/** The console's cookies: sealed, for this host alone, and never shown to scripts. */
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { ConsoleContext } from './deps.ts';
import { type SealedKind, seal, unseal } from './sealed.ts';

/** Names behind the prefix `__Host-`. */
const names = {
  session: 'timely-sync',
  'sign-in': 'timely-sync-sign-in',
  'kept form': 'timely-sync-kept',
  'set-up': 'timely-sync-set-up',
  'taking over': 'timely-sync-taking-over',
} as const satisfies Record<SealedKind, string>;

/** On this machine (http) the sandbox is open to browsers that keep no secure cookie without TLS. */
const isSecure = ({ var: { deps } }: ConsoleContext) => deps.settings.url.startsWith('https:');

const optionsIn = (context: ConsoleContext) => ({
  path: '/',
  httpOnly: true,
  // The sign-in service leads back here by a link, which takes cookies along; a form of another site does not.
  sameSite: 'Lax' as const,
  secure: isSecure(context),
  ...(isSecure(context) && { prefix: 'host' as const }),
});

const sealing = (context: ConsoleContext, kind: SealedKind) => {
  const { keys, now } = context.var.deps;
  return { kind, keys, now: now() };
};

/** What the browser sent in the cookie of this kind, unchecked; null when there is none that we made and that is still good. */
export function readCookie(context: ConsoleContext, kind: SealedKind): Promise<unknown> {
  const sent = getCookie(context, names[kind], isSecure(context) ? 'host' : undefined);
  return unseal(sent, sealing(context, kind));
}

export async function writeCookie(
  context: ConsoleContext,
  kind: SealedKind,
  value: Record<string, unknown>,
  seconds: number,
): Promise<void> {
  const sealed = await seal(value, { ...sealing(context, kind), seconds });
  setCookie(context, names[kind], sealed, { ...optionsIn(context), maxAge: seconds });
}

export function dropCookie(context: ConsoleContext, kind: SealedKind): void {
  deleteCookie(context, names[kind], optionsIn(context));
}
