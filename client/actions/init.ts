import { writeFile } from 'node:fs/promises';
import { parseTenantFile } from '../../config/tenant-file.ts';
import type { CheckReport } from '../../domain/contract/check.ts';
import { jsonText, shownTexts } from '../../domain/shown-text.ts';
import type { CommonOptions } from '../command.ts';
import { CommandError, exitCodes, sentenceOf, usageError } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import { gatherAnswers, type InitFlags } from '../init/answers.ts';
import { registrationCommands, registrationHeading } from '../init/registration.ts';
import { tenantFileText } from '../init/tenant-text.ts';
import { hasCode } from '../local/error-code.ts';
import { checkTenant, checkText, exitCodeOf } from '../remote/check-tenant.ts';
import { withClient } from '../remote/connection.ts';
import type { Session } from '../render/output.ts';

export interface InitCommandFlags extends CommonOptions, InitFlags {
  force?: boolean;
  check: boolean;
}

/** Gathers the answers, writes the tenant file and has a worker check it, where one answers. */
export async function runInit(
  session: Session,
  file: string | undefined,
  { json, force = false, check, ...flags }: InitCommandFlags,
): Promise<void> {
  const show = json ? session.err : session.out;
  const answers = await gatherAnswers(session, flags, (known) => {
    if (json) return;
    show(`${registrationHeading(known)}\n\n`);
    show(`${registrationCommands(known).join('\n')}\n\n`);
  });
  const fileName = file ?? `${answers.tenant}.yaml`;
  const text = tenantFileText(answers);
  parseTenantFile(text, fileName);
  await write(fileName, text, force);
  const report = check ? await checkIfAnswered(session, fileName) : null;
  if (json) {
    const document = {
      file: fileName,
      tenant: answers.tenant,
      registration: registrationCommands(answers),
    };
    session.out(`${jsonText({ ...document, check: report })}\n`);
  } else {
    show(`${fileName} is written.\n`);
    if (report) show(`${checkText(shownTexts(report), session.columns)}\n`);
    show(nextSteps(fileName, answers.tenant));
  }
  if (report) session.exitCode = exitCodeOf(report);
}

async function write(fileName: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(fileName, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (hasCode(error, 'EEXIST'))
      throw usageError(`${fileName} is there already: give another name, or --force.`);
    throw new CommandError(exitCodes.failed, `${fileName} cannot be written: ${sentenceOf(error)}`, error);
  }
}

/** Null where no worker responds: the file is written already. */
async function checkIfAnswered(session: Session, fileName: string): Promise<CheckReport | null> {
  try {
    return await withClient((client) => checkTenant(client, fileName));
  } catch (error) {
    const { exitCode, message } = explainError(error);
    if (exitCode !== exitCodes.notReachable) throw error;
    session.err(`Not checked: ${message}\n`);
    return null;
  }
}

const nextSteps = (
  fileName: string,
  tenant: string,
) => `Next, with a worker that has the secrets which the file names (docs/operating.md says what it may name):
  timely-sync start ${fileName}    # paused: nothing is written before you have seen what it would be
  timely-sync connect ${tenant}
  timely-sync check ${fileName}
  timely-sync preview ${fileName}
  timely-sync resume ${tenant}
`;
