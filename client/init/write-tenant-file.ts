import { access, writeFile } from 'node:fs/promises';
import { CommandError, exitCodes, sentenceOf, usageError } from '../exit-codes.ts';
import { hasCode } from '../local/error-code.ts';

/** @throws CommandError (2) where a file of that name is, before anything is asked */
export async function refuseWritten(fileName: string, force: boolean): Promise<void> {
  if (force) return;
  const isThere = await access(fileName).then(
    () => true,
    () => false,
  );
  if (isThere) throw isThereAlready(fileName);
}

export async function writeTenantFile(fileName: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(fileName, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw isThereAlready(fileName);
    throw new CommandError(exitCodes.failed, `${fileName} cannot be written: ${sentenceOf(error)}`, error);
  }
}

const isThereAlready = (fileName: string) =>
  usageError(`${fileName} is there already: give another name, or --force.`);
