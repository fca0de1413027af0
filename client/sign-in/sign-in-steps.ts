/** How a person at this machine signs in to Timely: in the browser, or by a code that they paste. */
import type { SignedInUser } from '../../domain/contract/sign-in.ts';
import type { Session } from '../render/output.ts';
import { openInBrowser } from './browser.ts';
import { pastedCode } from './pasted-code.ts';
import { startRedirectServer } from './redirect-server.ts';
import type { SignInSteps } from './sign-in.ts';

interface SignInFlags {
  paste: boolean;
  port: number;
  json: boolean | undefined;
}

export const signInSteps = (session: Session, { paste, port, json }: SignInFlags): SignInSteps => ({
  receive: async (state) => (paste ? pastedCode(session, state) : startRedirectServer(port, state)),
  show: (address) => showAddress(session, address, { json, open: !paste }),
});

/** Prints the address without a terminal too: a sign-in needs it. A browser opens only on a terminal. */
function showAddress(
  session: Session,
  address: string,
  { json, open }: { json: boolean | undefined; open: boolean },
): void {
  const write = json ? session.err : session.out;
  write(`Sign in to Timely as an Admin of the account, at this address:\n${address}\n`);
  if (open && session.watcher) openInBrowser(address);
}

export const notAnAdmin = ({ name, role }: SignedInUser): string =>
  `Warning: ${name} is ${role || 'no admin'} in Timely, and only an Admin may invite and remove people there. Make them one, or connect again as an Admin.`;
