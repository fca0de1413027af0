/** The folder of everything that `up` keeps: for this user alone. */
import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { hasCode } from './error-code.ts';

const othersMayWrite = 0o002;

/** What an earlier version, or a copy, may have left readable for others. New ones are not: `up` sets its umask. */
const privateFiles = ['temporal.db', 'temporal.db-wal', 'temporal.db-shm'];
const privateFolders = ['logs', 'sandbox'];

/**
 * Makes the folder when it is missing, and closes what is in it to others.
 * @throws CommandError (1) when it cannot be made, or others could put files there, such as a password that they know
 */
export async function openDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const message = `The folder ${folder} cannot be made: choose another with --data.`;
    throw new CommandError(exitCodes.failed, message, error);
  }
  const { uid, mode } = await stat(folder);
  const self = process.getuid?.() ?? uid;
  const problem =
    self !== 0 && uid !== self
      ? 'belongs to another user'
      : (mode & othersMayWrite) !== 0 && 'lets every user write to it';
  if (problem)
    throw new CommandError(exitCodes.failed, `The folder ${folder} ${problem}: choose another with --data.`);
  for (const name of privateFiles) await close(join(folder, name), 0o600);
  for (const name of privateFolders) await close(join(folder, name), 0o700);
}

async function close(path: string, mode: number): Promise<void> {
  try {
    await chmod(path, mode);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
