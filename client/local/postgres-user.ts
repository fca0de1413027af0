/** PostgreSQL refuses to run as root: there it runs as the user `postgres`, who must be able to reach its files. */
import { chmod, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { notice } from '../terminal.ts';
import { childEnvironment } from './child-environment.ts';

const othersMayPass = 0o001;

export interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * Returns the user that PostgreSQL runs as; null for the user of this process. Root gets the user `postgres`, made when missing.
 * @throws CommandError (1) when it cannot be made
 */
export async function postgresUser(): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null;
  try {
    return await lookUp().catch(async () => {
      await execa('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], own());
      return lookUp();
    });
  } catch (error) {
    const message =
      'PostgreSQL does not run as root and the user postgres cannot be made: run this as an ordinary user.';
    throw new CommandError(exitCodes.failed, message, error);
  }
}

const own = () => ({ env: childEnvironment('server'), extendEnv: false });

async function lookUp(): Promise<ServerUser> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map((option) => execa('id', [option, 'postgres'], own())),
  );
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
}

/**
 * Lets others pass through these folders and their parents, and says so. Passing is not reading: it lists no folder. Root's
 * private folders (its home, a fresh temporary one) would keep PostgreSQL from its files.
 */
export async function letServerUserPass(folders: string[]): Promise<void> {
  for (const folder of new Set(folders.flatMap(withParents))) {
    const { mode } = await stat(folder);
    if ((mode & othersMayPass) !== 0) continue;
    await chmod(folder, (mode & 0o7777) | othersMayPass);
    notice(`PostgreSQL runs as the user postgres: others may now pass through ${folder}, not list it.\n`);
  }
}

function withParents(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [...withParents(parent), folder];
}
