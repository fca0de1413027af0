import type { InitAnswers, InitFlags } from '../../config/first-file/answers.ts';
import { questionsAbout } from '../../config/first-file/questions.ts';
import { type TenantFileExtras, tenantFileText } from '../../config/first-file/tenant-text.ts';
import { parseTenantFile, type TenantFile } from '../../config/tenant-file.ts';
import type { CheckReport } from '../../domain/contract/check.ts';
import type { LookReport } from '../../domain/contract/look.ts';
import { jsonText, shownTexts } from '../../domain/shown-text.ts';
import type { CommonOptions } from '../command.ts';
import { usageError } from '../exit-codes.ts';
import { gatherAnswers } from '../init/answers.ts';
import { findDirectory } from '../init/find-directory.ts';
import { type LookFlags, lookAround } from '../init/look-around.ts';
import { type OfferedPreview, offerPreview } from '../init/offer-preview.ts';
import { registrationCommands, registrationHeading, registrationText } from '../init/registration.ts';
import { type GivenOption, sameCommand } from '../init/same-command.ts';
import { gatherScope, type ScopeFlags } from '../init/scope-answers.ts';
import { ownShell, type Shell } from '../init/shell.ts';
import { onAnsweringWorker, type Worker } from '../init/worker-if-any.ts';
import { refuseWritten, writeTenantFile } from '../init/write-tenant-file.ts';
import { checkText, exitCodeOf } from '../remote/check-tenant.ts';
import type { PreviewDocument } from '../remote/preview.ts';
import { type Session, say } from '../render/output.ts';
import { previewText } from '../render/preview-text.ts';
import { fitted } from '../render/wrapped-text.ts';

export interface InitCommandFlags extends CommonOptions, InitFlags, ScopeFlags, TenantFileExtras, LookFlags {
  force?: boolean;
  check: boolean;
  shell?: Shell;
  preview?: boolean;
}

/** What `init --json` prints. */
interface InitDocument {
  file: string;
  tenant: string;
  registration: string[];
  /** Null: nothing was looked at. */
  look: LookReport | null;
  check: CheckReport | null;
  preview: PreviewDocument | null;
}

/** Gathers the answers, looks at what is there, writes the tenant file, checks it, and ends at the preview. */
export async function runInit(
  session: Session,
  typed: { file: string | undefined; options: readonly GivenOption[] },
  flags: InitCommandFlags,
): Promise<void> {
  const { file } = typed;
  const { json, force = false, check, shell = ownShell() } = flags;
  const show = json ? session.err : session.out;
  if ((flags.login === undefined) !== (flags.graph === undefined))
    throw usageError('--login and --graph belong together.');
  if (file !== undefined) await refuseWritten(file, force);
  const answers = await gatherAnswers(session, flags, {
    alsoMissing: flags.group === undefined ? ['--group'] : [],
    beforeIds: (known) => {
      if (json) return;
      show(`${fitted(registrationHeading(known), session.columns)}\n\n`);
      const commands = registrationCommands(known, shell, flags.secret);
      show(`${registrationText(commands, session.columns)}\n\n`);
    },
  });
  const fileName = file ?? `${answers.tenant}.yaml`;
  await refuseWritten(fileName, force);
  const run = (worker: Worker | null) => writeAndCheck(session, { fileName, answers, flags, worker });
  const made = await (check ? onAnsweringWorker(session, answers.tenant, run) : run(null)).catch(
    (error: unknown) => {
      const again = sameCommand(answers, typed, { ...session, shell });
      if (hasAsked(answers, flags)) say(session, `The same again, with your answers as options:\n${again}`);
      throw error;
    },
  );
  const { tenant } = answers;
  const { report, preview, ...seen } = made;
  if (json) {
    const registration = registrationCommands(answers, shell, flags.secret);
    const document: InitDocument = { file: fileName, tenant, registration, ...seen, check: report, preview };
    session.out(`${jsonText(document)}\n`);
  } else {
    if (report) show(`${checkText(problemsOf(shownTexts(report)), session.columns)}\n`);
    const place = { file: fileName, isFollowed: true };
    if (preview)
      show(`${fitted(previewText(shownTexts(preview), session.columns, place), session.columns)}\n`);
    show(nextSteps(fileName, tenant, report));
  }
  if (report) session.exitCode = exitCodeOf(report);
}

/** Whether a person has typed answers, which no shell remembers. */
const hasAsked = ({ directory, credential }: InitAnswers, flags: InitFlags): boolean =>
  questionsAbout(directory, credential).some(({ key }) => flags[key] === undefined);

interface Writing {
  fileName: string;
  answers: InitAnswers;
  flags: InitCommandFlags;
  worker: Worker | null;
}

interface Made extends OfferedPreview {
  look: LookReport | null;
}

async function writeAndCheck(session: Session, writing: Writing): Promise<Made> {
  const { fileName, flags, worker } = writing;
  const { json, force = false } = flags;
  const answers = await findDirectory(writing.answers, flags.login ?? null, worker);
  const everyone = { include: [], role: 'employee', roleRules: [], teams: 'none' } as const;
  const fileWith = (text: string): TenantFile => parseTenantFile(text, fileName);
  const provisional = tenantFileText(answers, { ...everyone, roleRules: [] }, flags);
  const found = worker && (await lookAround(session, worker, fileWith(provisional), flags));
  try {
    const text = tenantFileText(answers, await gatherScope(session, flags, found), flags);
    const valid = fileWith(text);
    await writeTenantFile(fileName, text, force);
    (json ? session.err : session.out)(`${fileName} is written.\n`);
    const offered = await offerPreview(session, { worker, file: valid, found, wanted: flags.preview });
    return { look: found?.report ?? null, ...offered };
  } finally {
    await found?.end();
  }
}

/** The preview is on the same screen; `check` lists what is well too. */
const problemsOf = (report: CheckReport): CheckReport => ({
  ...report,
  lines: report.lines.filter(({ state }) => state !== 'ok'),
});

/** What is left to do. */
function nextSteps(fileName: string, tenant: string, report: CheckReport | null): string {
  const missing = report?.missing ?? [];
  const isConnected = report?.lines.some(
    (line) => line.side === 'timely' && line.name === 'sign-in' && line.state === 'ok',
  );
  return [
    ...(missing.length > 0 ? [`Still missing on the worker: ${missing.join(', ')}.`] : []),
    'Next, with a worker that has the secrets of the file (docs/operating.md):',
    `  timely-sync start ${fileName}    # paused: nothing is written yet`,
    ...(isConnected ? [] : [`  timely-sync connect ${tenant}`]),
    `  timely-sync check ${fileName}`,
    `  timely-sync preview ${fileName}`,
    `  timely-sync resume ${tenant}\n`,
  ].join('\n');
}
