/** Looks at the directory and at Timely before the tenant file is written. */
import type { TenantFile } from '../../config/tenant-file.ts';
import type { CheckReport } from '../../domain/contract/check.ts';
import { shownTexts } from '../../domain/shown-text.ts';
import { checkFile } from '../remote/check-tenant.ts';
import { type Look, takeLook } from '../remote/look.ts';
import { queryWorker } from '../remote/query.ts';
import { lookText } from '../render/look-text.ts';
import type { Session } from '../render/output.ts';
import { readSoFar, withProgress } from '../render/progress.ts';
import { defaultRedirectPort } from '../sign-in/redirect-port.ts';
import { signIn } from '../sign-in/sign-in.ts';
import { notAnAdmin, signInSteps } from '../sign-in/sign-in-steps.ts';
import type { Found } from './scope-answers.ts';
import { isGranted, waitForAccess } from './wait-for-access.ts';
import { notReachable, orSay, type Worker } from './worker-if-any.ts';

export interface LookFlags {
  json?: boolean;
  look?: boolean;
  wait?: boolean;
  /** Sign in to Timely; undefined: ask on a terminal. */
  connect?: boolean;
  paste?: boolean;
}

export interface FoundByLook extends Found {
  id: string;
  /** Drops what was read. */
  end(): Promise<void>;
}

/** Null when there is nothing to see: the directory refuses, or no look is wanted. */
export async function lookAround(
  session: Session,
  worker: Worker,
  file: TenantFile,
  { look = true, wait = true, ...flags }: LookFlags,
): Promise<FoundByLook | null> {
  if (!look) return null;
  const { client } = worker;
  const access = await waitForAccess(session, () => askAccess(worker, file), { waits: wait });
  if (!isGranted(access)) return null;
  await connectIfWanted(session, worker, file, access, flags);
  const taken = await orSay(session, 'Nothing was looked at', () =>
    withProgress(session, (show) =>
      takeLook(client, file, show && ((read) => show(`looking: ${readSoFar(read)}`))),
    ),
  );
  if (taken === null) return null;
  const write = flags.json ? session.err : session.out;
  write(`${lookText(shownTexts(taken.report), session.columns)}\n\n`);
  return foundBy(worker, taken);
}

const foundBy = ({ client }: Worker, { key, report }: Look): FoundByLook => ({
  id: key.id,
  report,
  find: (part) =>
    queryWorker(client, { about: 'lookList', ...key, kind: 'groups', part: part.slice(0, 200) }),
  end: async () => {
    // What is left is swept after two hours.
    await queryWorker(client, { about: 'previewEnd', ...key }).catch(() => undefined);
  },
});

async function askAccess({ client }: Worker, file: TenantFile): Promise<CheckReport | null> {
  try {
    return await checkFile(client, file, { part: 'access' });
  } catch (error) {
    if (notReachable(error) === null) throw error;
    return null;
  }
}

/** Offers the sign-in to Timely where only that is missing: then the look and the preview see both sides. */
async function connectIfWanted(
  session: Session,
  { client }: Worker,
  file: TenantFile,
  access: CheckReport | null,
  { connect, paste = false, json }: LookFlags,
): Promise<void> {
  const line = access?.lines.find(({ side, name }) => side === 'timely' && name === 'sign-in');
  if (line?.state !== 'error') return;
  const isWanted =
    connect ??
    (await session.watcher?.confirm('Sign in to Timely now? Then the look and the preview see both sides.'));
  if (!isWanted) return;
  const { tenant } = file;
  const steps = signInSteps(session, { paste, port: defaultRedirectPort, json });
  const user = await orSay(session, 'Not signed in to Timely', () => signIn(client, { tenant, file }, steps));
  if (user === null) return;
  const { name, email, role, isAdmin } = shownTexts(user);
  session.err(`Signed in to Timely as ${name} <${email}>, ${role}.\n`);
  if (!isAdmin) session.err(`${notAnAdmin(shownTexts(user))}\n`);
}
