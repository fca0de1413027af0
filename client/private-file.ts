/** Files that commands export. They name people, so only their owner reads them. */
import { open } from 'node:fs/promises';
import { CommandError, exitCodes, sentenceOf } from './exit-codes.ts';

const ownerOnly = 0o600;

/**
 * Writes a file for its owner alone, also where the file was there before and others could read it.
 * @throws CommandError (1) when it cannot be written
 */
export async function writePrivateFile(fileName: string, text: string): Promise<void> {
  try {
    const file = await open(fileName, 'w', ownerOnly);
    try {
      await file.chmod(ownerOnly);
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new CommandError(exitCodes.failed, `${fileName} cannot be written: ${sentenceOf(error)}`, error);
  }
}
