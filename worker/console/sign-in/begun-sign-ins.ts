/** Sign-ins that this browser has begun and that have not come back: kept in a sealed cookie, so only it can end them. */
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { challengeOf, randomText } from '../../../client/remote/begin/sign-in-secrets.ts';
import { dropCookie, readCookie, writeCookie } from '../cookies.ts';
import type { ConsoleContext, ConsoleDeps } from '../deps.ts';

const keptSeconds = 600;
/** A browser that opens several messages at once begins several; a cookie has room for some. */
const keptMax = 3;

const begunSignIn = z.object({
  /** Null: of an operator. */
  tenant: z.string().nullable(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  /** The path that the person wanted to see. */
  to: z.string(),
});
export type BegunSignIn = z.output<typeof begunSignIn>;

const cookie = z.object({ begun: z.array(begunSignIn) });

/** Where sign-in services lead back to. */
export const signInRedirectOf = ({ settings }: Pick<ConsoleDeps, 'settings'>): string =>
  `${settings.url}/sign-in/callback`;

/** A sign-in with secrets of its own, and the challenge that goes with them. */
export function newSignIn(tenant: string | null, to: string): BegunSignIn & { codeChallenge: string } {
  const codeVerifier = randomText();
  const codeChallenge = challengeOf(codeVerifier);
  return { tenant, to, state: randomText(), nonce: randomText(), codeVerifier, codeChallenge };
}

export async function keepSignIn(context: ConsoleContext, begun: BegunSignIn): Promise<void> {
  const before = (await begunIn(context)).slice(1 - keptMax);
  await writeCookie(context, 'sign-in', { begun: [...before, begunSignIn.parse(begun)] }, keptSeconds);
}

/** The sign-in of this browser with that state, which it can end once; null when there is none. */
export async function takeSignIn(context: ConsoleContext, state: string): Promise<BegunSignIn | null> {
  const begun = await begunIn(context);
  const found = begun.find((each) => isSame(each.state, state)) ?? null;
  if (found === null) return null;
  const others = begun.filter((each) => each !== found);
  if (others.length === 0) dropCookie(context, 'sign-in');
  else await writeCookie(context, 'sign-in', { begun: others }, keptSeconds);
  return found;
}

async function begunIn(context: ConsoleContext): Promise<BegunSignIn[]> {
  return cookie.safeParse(await readCookie(context, 'sign-in')).data?.begun ?? [];
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
